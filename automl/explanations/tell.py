"""Explanations as JSON: of each row its columns, the one that added most first."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from automl.explanations.explain import Explanation
from automl.explanations.words import Effects
from automl.types import Json

_MOST_FEATURES: Final = 10
"""Of a column that is made into many, such as the terms of a text."""


def tell(explanation: Explanation, classes: Sequence[Json]) -> dict[str, Json]:
    """`scale` of all numbers, and of each row `label`, `base`, `margin` and `contributions` of all columns.

    `base` and the contributions add up to `margin`. A column that is made into several features, as texts and moments
    are, has those that add most under `features`; of a text, `words` are those whose absence would change most.

    Args:
        explanation: of n rows.
        classes: labels by class index; empty for regression.
    """
    words = list(explanation.words) or [{}] * len(explanation.base)
    rows = [_row(explanation, row, effects, classes) for row, effects in enumerate(words)]
    return {"scale": explanation.scale, "rows": rows}


def _row(explanation: Explanation, row: int, words: Effects, classes: Sequence[Json]) -> dict[str, Json]:
    called, added = explanation.called, explanation.contributions[row]
    order = np.argsort(-np.abs(added), kind="stable").tolist()
    amounts = added.tolist()
    return {
        "label": None if called is None else classes[called[row]],
        "base": float(explanation.base[row]),
        "margin": float(explanation.margin[row]),
        "contributions": [
            _column(explanation, row, explanation.columns[at], amounts[at], words.get(explanation.columns[at], {}))
            for at in order
        ],
    }


def _column(
    explanation: Explanation, row: int, column: str, amount: float, words: Mapping[str, float]
) -> dict[str, Json]:
    told: dict[str, Json] = {"column": column, "contribution": amount}
    places = explanation.places[column]
    if len(places) == 1:
        return told
    amounts = {explanation.names[place]: float(explanation.features[row, place]) for place in places}
    strongest = sorted((name for name in amounts if amounts[name]), key=lambda name: -abs(amounts[name]))
    moving = sorted((word for word in words if words[word]), key=lambda word: -abs(words[word]))[:_MOST_FEATURES]
    if moving:
        told["words"] = [{"word": word, "effect": words[word]} for word in moving]
    named = [{"feature": name, "contribution": amounts[name]} for name in strongest[:_MOST_FEATURES]]
    return told | {"features": named}
