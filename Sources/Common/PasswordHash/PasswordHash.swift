// PasswordHash: see ARCHITECTURE.md.
