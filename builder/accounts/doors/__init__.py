"""The door of an installation with accounts: who is let in, and the pages before it."""
