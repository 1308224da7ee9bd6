// FastCGI: see ARCHITECTURE.md.
