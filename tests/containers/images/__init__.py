"""The images that we bring, and the frameworks that run in them."""
