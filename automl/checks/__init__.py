"""Whether a request can be kept for a table, said before anything is queued."""
