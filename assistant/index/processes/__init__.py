"""The child processes of an ingest, and the parent's ends of their pipes."""
