"""What a predictor costs whoever serves it: time for a row, and bytes in a bundle.

Both are foreseen from what models are made of, so that models can be chosen by it, and so that a run which `max_trials`
ends is the same on any machine. The time that the finished predictor takes is measured besides.
"""

import statistics
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from automl.archive import dump_json
from automl.features.extension import Extension
from automl.learners.params import choice
from automl.predictor import Predictor
from automl.search import Outcome
from automl.types import Family

MS_A_MODEL: Final[Mapping[Family, float]] = {"boosted": 0.006, "forest": 0.006, "linear": 0.047, "neural": 0.05}
MS_A_TREE: Final = 30e-6
_MS_A_STEP: Final = 0.0105
_MS_A_LETTER_OF_NETWORKS: Final = 0.21e-6
"""Milliseconds for a row: of a model without its trees, of a tree, of a step of an extension, and of each letter in
which a network's weights are written.

Fitted to 72 predictors of 5 tables: half of them took within 7 % of it, all of them from half to twice as long.
Networks took from 0.8 to 1.3 times as long, on 6 tables."""

MS_A_TEXT, _MS_A_TEXT_STEP, MS_A_LETTER = 0.35, 0.03, 0.1e-3
"""Milliseconds for a text to be taken apart, for each step that it goes through, and for each of its letters."""

_MS_A_MISS: Final = 220e-6
_CACHED, _MISSED = 3e6, 20e6
"""Trees of so many packed bytes together are found in the processor's caches, and of so many in memory, which is slower
by as much for each."""

BYTES_A_LEAF: Final = 50.0
"""Packed, of trees of any size."""
GROWTH: Final = 1.3
"""What a model of all rows takes of a fold model's bytes: it has more rounds, and larger trees."""

_CALLS, _FEWEST_CALLS, _SECONDS = 51, 5, 0.3
_LEVEL: Final = 6
"""How hard `archive.write_archive` packs."""
_TASTE: Final = 2**15
"""Of a file so much is packed to see how small it becomes."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What models cost.

    Attributes:
        ms: milliseconds for a row.
        bytes: in a bundle.
    """

    ms: float
    bytes: float


@dataclass(frozen=True, slots=True)
class _Makeup:
    """What models are made of.

    Attributes:
        ms: what they take beside their trees.
        trees: how many.
        bytes: packed.
    """

    ms: float = 0.0
    trees: float = 0.0
    bytes: float = 0.0

    def __add__(self, other: "_Makeup") -> "_Makeup":
        return _Makeup(self.ms + other.ms, self.trees + other.trees, self.bytes + other.bytes)

    def of_all_rows(self, models: int, folds: int) -> "_Makeup":
        """So many models that have learnt from all rows, where these are of one a fold."""
        share = models / folds
        return _Makeup(share * self.ms, share * self.trees, GROWTH * share * self.bytes)

    def cost(self) -> Cost:
        missed = min(1.0, max(0.0, self.bytes - _CACHED) / (_MISSED - _CACHED))
        return Cost(self.ms + self.trees * (MS_A_TREE + missed * _MS_A_MISS), self.bytes)


class Prices:
    """Foresees what the models of some trials cost, and looks at each model and extension once."""

    def __init__(self) -> None:
        """Nothing has been looked at."""
        self._models: dict[int, _Makeup] = {}
        self._extensions: dict[int, tuple[Extension, bytes, _Makeup]] = {}

    def of(self, chosen: Iterable[tuple[Outcome, int | None]]) -> Cost:
        """Of some trials together, each with so many models of all rows; with its fold models where that is None."""
        made = _Makeup()
        extensions: dict[bytes, _Makeup] = {}  # that members share count once
        for outcome, models in chosen:
            own = self._made_of(outcome)
            made += own if models is None else own.of_all_rows(models, len(outcome.folds))
            shown = outcome.folds if models is None else outcome.folds[:1]
            extensions |= dict(self._extended_by(fold.extension) for fold in shown if fold.extension is not None)
        return sum(extensions.values(), made).cost()

    def _made_of(self, outcome: Outcome) -> _Makeup:
        number = outcome.trial.number
        if number not in self._models:
            self._models[number] = _of_models(outcome)
        return self._models[number]

    def _extended_by(self, extension: Extension) -> tuple[bytes, _Makeup]:
        """With what tells it from others: of a cluster, each trial has a copy of its own.

        Kept with the extension itself, so that no other one can get its id.
        """
        if id(extension) not in self._extensions:
            self._extensions[id(extension)] = extension, *_of_extension(extension)
        _, digest, makeup = self._extensions[id(extension)]
        return digest, makeup


def _of_models(outcome: Outcome) -> _Makeup:
    """Of all fold models, and of the linear ones that they begin at."""
    texts, family = outcome.texts, choice(outcome.trial.params, "family")
    starts = sum(fold.fitted.start is not None for fold in outcome.folds)
    trees = sum(text.count("\nTree=") for text in texts)
    letters = sum(map(len, texts)) if family == "neural" else 0
    ms = MS_A_MODEL[family] * len(texts) + MS_A_MODEL["linear"] * starts + _MS_A_LETTER_OF_NETWORKS * letters
    return _Makeup(ms, trees, sum(map(packed, texts)))


def _of_extension(extension: Extension) -> tuple[bytes, _Makeup]:
    document = extension.to_json()
    written = dump_json(document)
    told = sum(len(it["steps"]) for it in document.get("texts", []))
    ms = _MS_A_STEP * len(document["steps"]) + _MS_A_TEXT_STEP * told
    return blake2b(written, digest_size=16).digest(), _Makeup(ms=ms, bytes=packed(written.decode()))


def packed(text: str) -> float:
    """Bytes that a file takes in a bundle, about: its beginning is packed, and the rest taken to be alike."""
    taste = text[:_TASTE]
    return len(zlib.compress(taste.encode(), _LEVEL)) / max(1, len(taste)) * len(text)


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
