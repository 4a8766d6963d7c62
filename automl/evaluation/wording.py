"""Figures, metrics and labels as a sentence has them."""

import math
import re
from typing import Final

from automl.tables.cells import label
from automl.types import Json

_NAMES: Final = {
    "roc_auc": "ROC AUC",
    "f1": "F1",
    "f1_macro": "macro F1",
    "f1_weighted": "class-weighted F1",
    "average_precision_macro": "macro average precision",
    "kappa_quadratic": "quadratic kappa",
    "mcc": "MCC",
    "g_mean": "G-mean",
    "brier": "Brier score",
    "rmse": "RMSE",
    "mae": "MAE",
    "r2": "R²",
    "default_lightgbm": "default LightGBM",
}
_MOST_LETTERS: Final = 40
_MORE: Final = 4
_DIGITS: Final = 3
_AS_ONE: Final = 1e-6
_CONTROL: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def named(name: str) -> str:
    """A metric, a baseline or another field as people write it."""
    return _NAMES.get(name, name.replace("_", " "))


def asked_for(by: str, at: float | None) -> str:
    """What a rule for calling labels is for, in words, with what it must keep if anything."""
    if at is None:
        return named(by)
    return f"alerts ≤ {at:g} in 1,000" if by == "alerts" else f"{by} ≥ {at:g}"


def quoted(value: Json) -> str:
    """A label or a column's name on one line, of 40 letters at most: text in quotes, numbers and booleans without."""
    text = _CONTROL.sub(" ", label(value) or "").strip()
    text = text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1].rstrip()}…"
    return f"'{text}'" if isinstance(value, str) else text


def told_apart(*values: float) -> list[str]:
    """The values as `figure` writes them, those that would look alike with up to four more digits."""
    texts = [figure(value) for value in values]
    for more in range(1, _MORE + 1):
        pairs = list(zip(values, texts, strict=True))
        alike = [any(text == other and not _is_same(value, each) for each, other in pairs) for value, text in pairs]
        texts = [figure(value, more) if again else text for again, (value, text) in zip(alike, pairs, strict=True)]
    return texts


def _is_same(one: float, other: float) -> bool:
    return f"{one + 0.0:.12g}" == f"{other + 0.0:.12g}"


def figure(value: float, more: int = 0) -> str:
    """Two decimals for what lies near 1, whole numbers from 1,000 on, three significant digits for the rest.

    Args:
        value: any.
        more: digits beyond these.
    """
    value += 0.0  # no minus before nothing
    size = abs(float(f"{value:.{_DIGITS + more}g}"))
    if not 1e-4 <= size < 1e9:  # noqa: PLR2004 - where `g` takes an exponent, and where people do
        return f"{value:.{_DIGITS + more}g}"
    near_one = 0.1 <= size < 10  # noqa: PLR2004 - as the docstring says
    decimals = _DIGITS - 1 - (0 if near_one else math.floor(math.log10(size)))
    return f"{value:,.{max(0, decimals + more, decimals_below_one(value))}f}"


def decimals_below_one(value: float) -> int:
    """How many decimals show what a value just below 1 lacks of it; 0 for others."""
    lacks = 1 - abs(value)
    return math.ceil(-math.log10(lacks)) if _AS_ONE < lacks < 0.1 else 0  # noqa: PLR2004 - below 0.9, two do
