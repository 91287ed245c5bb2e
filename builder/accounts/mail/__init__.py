"""Mail to people: an outbox, letters in their language, and SMTP."""
