// Reconcile: see ARCHITECTURE.md.
