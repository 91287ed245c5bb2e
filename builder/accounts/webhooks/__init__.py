"""What is told to programs of a team: signed, tried again, and to public addresses alone."""
