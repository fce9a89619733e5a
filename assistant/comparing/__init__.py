"""Two versions of a document: which belong together, and what differs between them."""
