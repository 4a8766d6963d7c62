"""What may be tried: the search space, each family's part of it, a user's own say, the first configurations."""
