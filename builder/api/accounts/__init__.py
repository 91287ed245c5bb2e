"""AccountParts over HTTP: signing in, and one's own account."""
