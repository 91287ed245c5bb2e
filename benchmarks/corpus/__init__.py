"""Small Vite projects, compared with what `vite build` makes of them (`benchmarks/faithful.py`)."""
