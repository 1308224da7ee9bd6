// SpaceLock: see ARCHITECTURE.md.
