"""One table model for every format: found in stored text, written by readers, asked by row."""
