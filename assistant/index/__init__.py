"""The index: whole generations of vectors (Chroma), words (tantivy) and the store (SQLite)."""
