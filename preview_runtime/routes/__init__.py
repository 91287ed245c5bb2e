"""The preview hosts' own application."""
