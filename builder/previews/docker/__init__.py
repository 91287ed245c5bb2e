"""Container engines, as projects use them."""
