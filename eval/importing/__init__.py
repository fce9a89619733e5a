"""Question files of others → a question set: CSV, JSON, JSONL, BEIR, promptfoo and ragas."""
