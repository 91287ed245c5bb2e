"""The sidecars of an app: its database, and its way out to allowed hosts."""
