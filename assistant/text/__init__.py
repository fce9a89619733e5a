"""Text before any question: terms, sentences, facts, noise, word vectors. Knows no index."""
