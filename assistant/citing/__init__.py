"""A model's text → clean text with our own citation markers, wherever the stream is cut."""
