"""What a model is told: the prompt, the part of the project that goes with it, what is around it; no secrets."""
