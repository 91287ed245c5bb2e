"""Who asks, what they may do, and signing in."""
