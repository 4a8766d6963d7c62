"""What a run says of its model: how it answers the holdout, where it comes from, what each step tried and gained."""
