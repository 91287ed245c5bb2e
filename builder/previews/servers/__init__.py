"""The server parts of projects: their life, places, logs and figures."""
