"""What a hostile Dockerfile tries, and what its image holds."""
