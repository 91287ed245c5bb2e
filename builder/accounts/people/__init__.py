"""AccountParts with accounts of their own: registering, signing in, sessions and tokens."""
