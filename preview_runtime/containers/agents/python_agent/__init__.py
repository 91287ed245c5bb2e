"""The program that waits in Python containers; `agent` has its protocol, `image_file` makes the one file of it."""
