"""The configurations that a search tries first, on any table."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import orjson

from automl.spaces.space import Space, within
from automl.types import Json


@cache
def configurations() -> tuple[Mapping[str, Json], ...]:
    """As they are stored, the most useful first."""
    return tuple(orjson.loads(files("automl.spaces").joinpath("portfolio.json").read_bytes()))


def portfolio(space: Space, chosen: Sequence[Mapping[str, Json]] | None = None) -> list[dict[str, Json]]:
    """Configurations brought inside a table's space, each once.

    Args:
        space: of the table.
        chosen: the stored ones when None.
    """
    inside = [
        within(space, {name: value for name, value in some.items() if name in space})
        for some in (configurations() if chosen is None else chosen)
    ]
    return [some for place, some in enumerate(inside) if some not in inside[:place]]
