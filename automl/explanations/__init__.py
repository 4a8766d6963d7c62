"""Why a model says what it says of a row: answers as sums over the columns of the user's table."""
