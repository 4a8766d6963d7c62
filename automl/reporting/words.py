"""Which words move a model's answers most, over a sample of the holdout."""

from collections import defaultdict
from typing import Final

import numpy as np

from automl.clock import Over
from automl.ranking import thin
from automl.reporting.sample import Asked
from automl.types import Json

_MOST_ROWS: Final = 60
_MOST_WORDS: Final = 20


def tell_words(asked: Asked, over: Over) -> dict[str, list[dict[str, Json]]]:
    """Of each text column the words that move most: in how many `rows`, and the mean `effect` on the margin there."""
    order = np.random.default_rng(0).permutation(thin(asked.judged.rows, _MOST_ROWS))
    found: dict[str, dict[str, list[float]]] = {}
    for row in order.tolist():
        if over():
            break
        for name, effects in asked.words(row).items():
            seen = found.setdefault(name, defaultdict(list))
            for word, effect in effects.items():
                seen[word].append(effect)
    return {name: _strongest(seen) for name, seen in found.items()}


def _strongest(seen: dict[str, list[float]]) -> list[dict[str, Json]]:
    ranked = sorted(seen, key=lambda word: (-abs(sum(seen[word])), word))[:_MOST_WORDS]
    return [{"word": word, "rows": len(seen[word]), "effect": float(np.mean(seen[word]))} for word in ranked]
