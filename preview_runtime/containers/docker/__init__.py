"""The engine's own terms: connection, names, what a container may do, commands, logs."""
