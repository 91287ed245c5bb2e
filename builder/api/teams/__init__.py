"""What belongs to a team."""
