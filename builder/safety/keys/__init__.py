"""What the keys of providers look like."""
