"""What is found along a ranking: by flagging so many rows, as far as some recall, at so many false alarms."""

import math
from typing import Final

import numpy as np

from automl.evaluation.judged import Judged
from automl.types import Floats

TOPS: Final = (0.01, 0.05, 0.1, 0.2)
"""Shares of the rows."""
RECALLS: Final = tuple(i / 20 for i in range(1, 20))
"""Without the last: the precision of finding all rests on the one positive that is found last."""
FALSE_ALARMS: Final = tuple((i / 20) ** 2 for i in range(1, 20))
"""Shares of the negatives, the denser the fewer: there a ROC curve is steep."""
TOP: Final = "top"
PRECISION_AT_RECALL: Final = "precision_at_recall"
RECALL_AT_FALSE_ALARMS: Final = "recall_at_false_alarms"
ALONG: Final = {TOP: TOPS, PRECISION_AT_RECALL: RECALLS, RECALL_AT_FALSE_ALARMS: FALSE_ALARMS}
"""Names of the figures, each with its places."""
_ROUNDING: Final = 1 - 1e-9


def along(hits: Floats, misses: Floats) -> Floats:
    """The figures in the order of `ALONG`; 0 without a positive row.

    - Of the positives that so many top rows have room for, the share that is among them. Rows of equal score are taken
      in part.
    - The precision of the first point that reaches a recall.
    - The recall at a share of false alarms, points being joined by lines.

    Args:
        hits: true positives of each point `(m,)`, see `Ranking.counts`.
        misses: false positives `(m,)`.
    """
    flagged, positives = hits + misses, hits[-1] or 1.0
    rows = np.multiply(TOPS, flagged[-1])
    found = _joined(rows, flagged, hits) / np.minimum(rows, positives)
    reached = np.searchsorted(hits, np.multiply(RECALLS, hits[-1] * _ROUNDING))
    precision = hits[reached] / np.maximum(flagged[reached], 1e-300)
    return np.concatenate([found, precision, _joined(np.multiply(FALSE_ALARMS, misses[-1]), misses, hits) / positives])


def support_along(judged: Judged, name: str, place: float) -> int:
    """How many rows a figure rests on; none where that is the outermost row of the ranking alone, or of one class."""
    negatives, positives = (int(units) for units in judged.true)
    if not negatives or not positives:
        return 0
    if name == TOP:
        return min(positives, int(place * judged.units))
    if name == RECALL_AT_FALSE_ALARMS:
        return min(positives, negatives) if place * negatives >= 1 else 0
    return math.ceil(place * positives) if (1 - place) * positives >= 1 else 0


def _joined(at: Floats, across: Floats, up: Floats) -> Floats:
    """A curve from 0 on at some places; where it is vertical, its upper end."""
    return np.asarray(np.interp(at, np.append(0.0, across), np.append(0.0, up)))
