"""Who asks, with what, and what is made of the answers."""
