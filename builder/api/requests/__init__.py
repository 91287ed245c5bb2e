"""What every route shares: the actor, the error shape, and the limits on size and rate."""
