"""Secrets that would leave with what is shared: in sources, and in what a build makes of them."""
