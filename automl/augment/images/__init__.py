"""Augmentations that change images."""
