// Directory: see ARCHITECTURE.md.
