"""Dates beside their features, for what changes these."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from automl.features.encoders import Datetimes
from automl.types import Floats

_DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class DateColumn:
    """Where the features of one column of dates stand.

    Attributes:
        features: its seconds since 1970, then the parts of the calendar, one after the other.
        encoder: makes them.
    """

    features: tuple[int, ...]
    encoder: Datetimes

    def settle(self, made: Floats, before: Floats) -> None:
        """Make the parts of changed dates theirs again, in place, and whole days whole where all were.

        Args:
            made: rows whose seconds are changed `(m, f)`.
            before: rows as they were `(n, f)`.
        """
        first, last = self.features[0], self.features[-1]
        seconds, known = made[:, first].copy(), before[:, first]
        if not (known[~np.isnan(known)] % _DAY).any():
            seconds = np.rint(seconds / _DAY) * _DAY
        self.encoder.write(seconds, made[:, first : last + 1])
