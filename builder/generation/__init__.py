"""From a prompt to a version."""
