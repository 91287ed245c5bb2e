"""The tree while it is mended, and what a mend is."""
