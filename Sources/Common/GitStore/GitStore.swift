// GitStore: see ARCHITECTURE.md.
