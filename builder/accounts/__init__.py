"""Actors, their rights, and signing in."""
