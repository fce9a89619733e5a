"""A sentence against its sources → a verdict, without a model."""
