"""What a run learns from earlier runs."""
