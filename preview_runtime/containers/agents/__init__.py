"""What waits inside a container and starts the app: one program per language, and the client that speaks to it."""
