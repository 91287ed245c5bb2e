"""Live links: who may open them, what they show, and their servers."""
