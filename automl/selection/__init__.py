"""From the trials of a search to the model that is served: which answer together, at what cost."""
