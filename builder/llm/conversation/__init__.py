"""What is said to a model and what it answers, the same for every provider."""
