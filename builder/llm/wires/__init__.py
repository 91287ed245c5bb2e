"""One module per kind of API: converts our messages, its stream and its errors."""
