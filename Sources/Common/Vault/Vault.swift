// Vault: see ARCHITECTURE.md.
