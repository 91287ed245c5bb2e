"""The page in the preview's frame before the app of now is in it."""
