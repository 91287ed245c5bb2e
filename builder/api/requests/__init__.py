"""What every route shares: who asks, how errors look, how large and how often."""
