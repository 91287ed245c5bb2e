"""`script/eval` from the outside: the real program, a real Sayso, a model that answers from a script."""
