"""Conversations with language models of any provider: messages, tools, images. Knows nothing of a Draft."""
