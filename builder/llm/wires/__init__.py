"""How each kind of API is spoken: our messages as theirs, their stream as our events, their errors as ours."""
