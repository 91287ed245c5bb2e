"""Mends of what stands around the code: package.json, style sheets, pages."""
