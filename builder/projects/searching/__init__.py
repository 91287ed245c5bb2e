"""Search over the projects of a workspace: titles, files and messages by their words."""
