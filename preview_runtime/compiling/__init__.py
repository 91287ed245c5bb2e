"""The instant engine, run by the server."""
