// Collab: see ARCHITECTURE.md.
