"""The agents that wait inside containers and start the app: one program per language, and the client that speaks to
it."""
