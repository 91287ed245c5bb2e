"""What administrators see of people and projects, and what they do with them."""
