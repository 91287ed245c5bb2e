"""A starter, made into the app that was asked for."""
