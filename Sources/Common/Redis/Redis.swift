// Redis: see ARCHITECTURE.md.
