"""From a figure and its standard deviation to its interval of 95 %.

Figures are skewed near the ends of what they can be, so an interval is symmetrical on a scale without ends (the logit
of a share, the logarithm of a loss), with the deviation taken there by the delta method. Of few rows Student's t allows
for the deviation's own error. Percentiles of the same resamples cover less than they claim where positives are few;
decision 21 has the figures.
"""

import math
from typing import Final, Literal

from scipy.special import expit, logit, stdtrit

Scale = Literal["share", "signed", "loss", "fit", "value", "excess"]
"""What a figure can be: 0 to 1; -1 to 1; 0 and more; at most 1; anything; 0 and more, and of perfect models above 0."""

SHARE: Final = 0.95
_TAIL: Final = (1 - SHARE) / 2


def interval(
    scale: Scale, value: float, deviation: float, *, rows: int, chance: float = 0.0
) -> tuple[float, float] | None:
    """The interval, which holds the value; None where nothing is known.

    Args:
        scale: of the figure.
        value: of the figure.
        deviation: its standard deviation.
        rows: that it rests on: of two classes those of the rarer one.
        chance: for `excess`: what a perfect model would show.
    """
    if rows < 2 or not math.isfinite(value) or not math.isfinite(deviation):  # noqa: PLR2004 - one row has no deviation
        return None
    reach = float(stdtrit(rows - 1, 1 - _TAIL)) * deviation
    if scale == "share":
        return _of_share(value, reach, rows)
    if scale == "signed":
        low, high = _of_share((1 + value) / 2, reach / 2, rows)
        return 2 * low - 1, 2 * high - 1
    if scale == "excess":
        return max(0.0, value - chance - reach), value + reach
    return {"loss": _of_loss, "fit": _of_fit}.get(scale, _of_value)(value, reach)


def _of_share(value: float, reach: float, rows: int) -> tuple[float, float]:
    """At an end no resample deviates: there it is the exact interval of so many of so many (Clopper & Pearson 1934)."""
    exact = _TAIL ** (1 / rows)
    if value <= 0 or value >= 1:
        return (exact, 1.0) if value >= 1 else (0.0, 1 - exact)
    bent = reach / (value * (1 - value))
    return float(expit(logit(value) - bent)), float(expit(logit(value) + bent))


def _of_value(value: float, reach: float) -> tuple[float, float]:
    return value - reach, value + reach


def _of_fit(value: float, reach: float) -> tuple[float, float]:
    low, high = _of_loss(1 - value, reach)
    return 1 - high, 1 - low


def _of_loss(value: float, reach: float) -> tuple[float, float]:
    if value <= 0:
        return value, value + reach
    bent = min(reach / value, 700.0)  # beyond, a float overflows
    return value * math.exp(-bent), value * math.exp(bent)
