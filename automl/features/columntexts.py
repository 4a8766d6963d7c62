"""What an extension takes from one column of texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from automl.features.textcolumns import TextColumn
from automl.features.texts import WORDS
from automl.text.steps import TextStep, step_from_json
from automl.types import Floats, Json

_MOST_STEPS: Final = 10


class TextPlace(NamedTuple):
    """Where a text column stands: the base features that are made of it, and how many terms its blocks have."""

    features: tuple[int, ...]
    widths: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ColumnTexts:
    """Columns that are made of one text column.

    Attributes:
        place: of the column among those of texts.
        feature: the base feature that stands for its words.
        steps: that make the columns, at least one.
    """

    place: int
    feature: int
    steps: tuple[TextStep, ...]

    @property
    def columns(self) -> int:
        """How many they are."""
        return sum(step.columns for step in self.steps)

    @property
    def features(self) -> tuple[int, ...]:
        """Base features that stand for the text column."""
        return (self.feature,)

    def apply(self, texts: Sequence[TextColumn]) -> Floats:
        """The columns of n rows `(n, columns)`."""
        return np.concatenate([step.apply(texts[self.place].terms) for step in self.steps], axis=1)

    def to_json(self) -> Json:
        """What was learnt."""
        return {"place": self.place, "steps": [step.to_json() for step in self.steps]}


def texts_from_json(entries: Json, places: Sequence[TextPlace]) -> tuple[ColumnTexts, ...]:
    """Raises `ValueError` for what `to_json` cannot have written for such text columns."""
    if not isinstance(entries, list) or not 0 < len(entries) <= len(places):
        raise ValueError("what texts tell must be a list, of the columns of texts")
    return tuple(_column(entry, places) for entry in entries)


def _column(entry: Json, places: Sequence[TextPlace]) -> ColumnTexts:
    if not isinstance(entry, dict) or entry.keys() != {"place", "steps"}:
        raise ValueError("what a text tells must have a place and steps")
    place, steps = entry["place"], entry["steps"]
    if type(place) is not int or not 0 <= place < len(places):
        raise ValueError("there is no such column of texts")
    if not isinstance(steps, list) or not 0 < len(steps) <= _MOST_STEPS:
        raise ValueError("what a text tells must be a list of some steps")
    features, widths = places[place]
    return ColumnTexts(place, features[WORDS], tuple(step_from_json(step, widths) for step in steps))
