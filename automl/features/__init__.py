"""Columns to the matrix that models learn from, and what recipes add to it."""
