"""The engine's terms: connection, names, limits of a container, commands, logs."""
