"""A question → passages: analysis, filters, search, nearness, duplicates, rerankers, reasons."""
