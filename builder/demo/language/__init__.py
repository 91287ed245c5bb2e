"""What a prompt says, read without any model."""
