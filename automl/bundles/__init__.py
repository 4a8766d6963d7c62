"""A predictor as bytes and back."""
