"""An app's container, and what a start of it is to bring about."""
