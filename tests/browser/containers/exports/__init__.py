"""What leaves Sayso, where nothing of Sayso is."""
