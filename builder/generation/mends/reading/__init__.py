"""Files as what they say: scripts, Python modules, literals. By parsers, and without running anything."""
