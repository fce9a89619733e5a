"""Passages → the events of an answer: extractive or written, checked, or an abstention."""
