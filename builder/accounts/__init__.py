"""Who asks, and signing in."""
