"""What an attached file is, and what of it a model and a project get: by content, in bounded time and memory."""
