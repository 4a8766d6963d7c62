"""Free text as numbers: which terms there are, how much each counts, and what they tell of a target."""
