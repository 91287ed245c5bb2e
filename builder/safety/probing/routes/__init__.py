"""The routes of an app: by its sources, and by what it says of itself."""
