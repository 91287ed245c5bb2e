"""Teams wired, and what of them spans areas."""
