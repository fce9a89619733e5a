"""Pure measures. Not applicable is ``None``, never 0; every value given is finite."""
