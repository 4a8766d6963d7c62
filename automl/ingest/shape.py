"""What every format must hold to: named columns, rows, and not too many of either."""

from collections import Counter
from collections.abc import Sequence

from automl.errors import Fault, InvalidData, TooLarge
from automl.ingest.limits import Limits

_MOST_FAULTS = 20


def check_names(names: Sequence[str], limits: Limits) -> None:
    """Raises `InvalidData`: `no-columns`, `too-many-columns`, `empty-column-name` or `duplicate-column`."""
    if not names:
        raise InvalidData("no-columns", "The data have rows but no columns.")
    if len(names) > limits.max_columns:
        raise InvalidData(
            "too-many-columns", f"The data have {len(names)} columns; at most {limits.max_columns} are allowed."
        )
    blank = [position for position, name in enumerate(names, 1) if not name.strip()]
    if blank:
        raise InvalidData(
            "empty-column-name",
            f"Column {blank[0]} has no name: name each column (pandas writes its index so; use index=False).",
        )
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InvalidData(
            "duplicate-column",
            f"{len(twice)} column names occur more than once, such as {twice[0]!r}: name each column once.",
            [Fault("occurs more than once", column=name) for name in twice[:_MOST_FAULTS]],
        )


def check_size(rows: int, columns: int, limits: Limits) -> None:
    """Raises `InvalidData` `no-rows`, or `TooLarge` for too many rows or cells."""
    if rows == 0:
        raise InvalidData("no-rows", "The data have a header but no rows: add at least one.")
    if rows > limits.max_rows:
        raise TooLarge("too-large", f"The data have {rows:,} rows; at most {limits.max_rows:,} are allowed.")
    if rows * columns > limits.max_cells:
        raise TooLarge(
            "too-large", f"{rows:,} rows of {columns:,} columns are more than the {limits.max_cells:,} cells allowed."
        )
