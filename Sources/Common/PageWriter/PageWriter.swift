// PageWriter: see ARCHITECTURE.md.
