"""Asks a running app's routes as nobody and as two accounts of it, and names what answers that should not."""
