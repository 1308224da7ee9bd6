// PushProtocol: see ARCHITECTURE.md.
