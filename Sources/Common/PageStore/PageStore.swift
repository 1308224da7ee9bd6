// PageStore: see ARCHITECTURE.md.
