"""One preview in a real engine: started, edited, put to rest, found again, and its terminal."""
