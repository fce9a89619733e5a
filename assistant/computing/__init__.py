"""Figures computed from the cells of a table: exact, or a reason why not."""
