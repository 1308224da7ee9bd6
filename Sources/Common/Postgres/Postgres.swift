// Postgres: see ARCHITECTURE.md.
