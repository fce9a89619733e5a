"""Makes `python -m docs.generate` run from the root of a checkout."""
