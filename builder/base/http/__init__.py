"""HTTP before any route: which host answers, who may ask, how much a connection takes."""
