"""Which words move a model's answers most, over a sample of the holdout."""

from collections import Counter, defaultdict
from typing import Final

import numpy as np

from automl.clock import Over
from automl.evaluation.judged import Judged
from automl.reporting.sample import Asked
from automl.reporting.turns import in_turn
from automl.types import Json

_MOST_ROWS: Final = 60
_MOST_WORDS, _MOST_OF_LABEL = 20, 5
"""Of a column; of more than two classes fewer of each."""


def tell_words(asked: Asked, over: Over) -> dict[str, list[dict[str, Json]]]:
    """Of each text column the words that move most: in how many `rows`, and the mean `effect` on the margin there.

    Of more than two classes the margin is that of the class that was called, so a word is told once a `label`. Classes
    are asked about in turn: a rare one's words would else be hidden by those of many rows that are clearly another's.
    """
    order = in_turn(asked.judged.strata, seed=0, even=True)[:_MOST_ROWS]
    found: dict[str, dict[tuple[str, Json], list[float]]] = {}
    for row in order.tolist():
        if over():
            break
        for name, effects in asked.words(row).items():
            seen = found.setdefault(name, defaultdict(list))
            for word, effect in effects.items():
                seen[word, _label(asked.judged, row)].append(effect)
    return {name: _strongest(seen) for name, seen in found.items()}


def _label(judged: Judged, row: int) -> Json:
    return judged.classes[int(judged.predicted[row])] if judged.task == "multiclass" else None


def _strongest(seen: dict[tuple[str, Json], list[float]]) -> list[dict[str, Json]]:
    ranked, of_label = sorted(seen, key=lambda told: (-abs(sum(seen[told])), str(told))), Counter[Json]()
    told: list[dict[str, Json]] = []
    for word, label in ranked:
        of_label[label] += 1
        if of_label[label] <= (_MOST_WORDS if label is None else _MOST_OF_LABEL):
            effects = seen[word, label]
            told.append({"word": word, "label": label, "rows": len(effects), "effect": float(np.mean(effects))})
    return told
