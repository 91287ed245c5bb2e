"""What apps stored: copied, and read back."""
