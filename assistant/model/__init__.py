"""The language model: client, prompts, context, tokens, usage, and every way it can fail."""
