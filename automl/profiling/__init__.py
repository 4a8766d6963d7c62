"""What a table holds, and what a person should know of it before trusting a model of it."""
