"""What was sent to models, as a person can open it, and as the next request goes on from it."""
