"""Which rows are held out, and how the rest is folded."""
