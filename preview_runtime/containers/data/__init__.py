"""The stored data of apps: copied, and read back."""
