"""Texts → questions with known answers, made by rules from single sentences, tables and lists."""
