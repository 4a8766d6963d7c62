"""Texts changed a little: words replaced, swapped, left out, put in, mistyped."""
