"""The agent in Python containers; `agent` documents its protocol, `image_file` joins its modules into one file."""
