"""What a predictor costs whoever serves it: time for a row, and bytes in a bundle."""

import statistics
import time
import zlib
from collections.abc import Sequence
from typing import Final

from automl.memberfiles import store
from automl.models import Member
from automl.predictor import Predictor

_CALLS, _FEWEST_CALLS, _SECONDS = 51, 5, 0.3
_LEVEL: Final = 6
"""How hard `archive.write_archive` packs."""


def row_ms(predictor: Predictor) -> float:
    """Milliseconds that one JSON row takes from `predict`, here and now: the median of up to 51 calls in 0.3 seconds.

    What else runs on the machine counts too, so no two measurements are alike.
    """
    rows = [predictor.sample()]
    predictor.predict(rows)  # the first call of a process loads and allocates what later ones find ready
    taken: list[float] = []
    end = time.perf_counter() + _SECONDS
    while len(taken) < _FEWEST_CALLS or (len(taken) < _CALLS and time.perf_counter() < end):
        begun = time.perf_counter()
        predictor.predict(rows)
        taken.append(time.perf_counter() - begun)
    return 1000 * statistics.median(taken)


def packed_bytes(members: Sequence[Member]) -> int:
    """What the members' files take in a bundle; the rest of it is small, and the same for any members."""
    files, _ = store(members)
    return sum(len(zlib.compress(data, _LEVEL)) for data in files.values())
