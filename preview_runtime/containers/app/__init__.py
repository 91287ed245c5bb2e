"""An app's container, and the steps of its start."""
