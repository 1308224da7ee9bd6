// YDoc: see ARCHITECTURE.md.
