"""What a model is worth: baselines, curves, intervals, the report and its verdict."""
