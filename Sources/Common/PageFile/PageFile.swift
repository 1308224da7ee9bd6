// PageFile: see ARCHITECTURE.md.
