"""A run, alone or against a baseline, as something to read: one ``Report`` in four forms."""
