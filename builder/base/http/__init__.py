"""HTTP before any route: host dispatch, the origin guard, and the limits of a connection."""
