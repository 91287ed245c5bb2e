"""How an answer becomes a version: at once, or after the person has looked at what was shortened unasked."""
