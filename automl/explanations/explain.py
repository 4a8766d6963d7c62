"""What each column of a row adds to a model's answer.

Every member's models say what their features add to their answers; features that a recipe made hand theirs on to what
they are made of, in equal parts. These are averaged as the answers are, and go through the calibrator to a scale on
which adding up means something: log-odds of the positive class of two, the logarithm of the called class's probability
of more, and the value itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from automl.decisions.calibrators import LEAST, Calibrator
from automl.explanations.words import Effects
from automl.features.encoder import FeatureEncoder
from automl.features.textcolumns import TextColumn
from automl.learners.contributions import Contributions, mean
from automl.learners.models import FoldModel, Member
from automl.learners.winsorised import held
from automl.types import Floats, Task

Scale = Literal["log_odds", "log_probability", "value"]
SCALES: Final[dict[Task, Scale]] = {"binary": "log_odds", "multiclass": "log_probability", "regression": "value"}
_MOST_NUMBERS: Final = 2_000_000
"""Contributions of one model that are held at once."""


@dataclass(frozen=True)
class Explanation:
    """What was added up to the answers for n rows: `base + features.sum(axis=1)` is `margin`, but for rounding.

    Attributes:
        scale: of all these numbers.
        called: the class that each row's numbers are of (n,): the positive one of two, of more the one that was called;
            None for regression.
        base: what the model says where nothing is known of a row (n,).
        margin: what it says of the row (n,).
        features: what each base feature adds (n, f).
        names: of the features.
        sources: the column that each feature is made of.
        words: what the words of texts do to each row's margin, found when they are asked for, and that once; empty
            where there are no texts.
    """

    scale: Scale
    called: NDArray[np.int64] | None
    base: Floats
    margin: Floats
    features: Floats
    names: Sequence[str]
    sources: Sequence[str]
    words: Iterable[Effects] = ()

    @cached_property
    def columns(self) -> list[str]:
        """Of the table, in the order of the features."""
        return list(dict.fromkeys(self.sources))

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The features of each column."""
        found: dict[str, list[int]] = {name: [] for name in self.columns}
        for place, source in enumerate(self.sources):
            found[source].append(place)
        return found

    @cached_property
    def contributions(self) -> Floats:
        """What each column adds (n, columns)."""
        starts = [places[0] for places in self.places.values()]  # a column's features stand together
        return np.add.reduceat(self.features, starts, axis=1) if starts else np.zeros((len(self.base), 0))


def explain(
    members: Sequence[Member],
    encoder: FeatureEncoder,
    calibrator: Calibrator | None,
    matrix: Floats,
    texts: Sequence[TextColumn],
    *,
    task: Task,
    called: NDArray[Any] | None,
    reach: float | None = None,
) -> Explanation:
    """Explain the answers for the rows of a base matrix (n, f).

    Args:
        members: of the ensemble.
        encoder: which made the matrix.
        calibrator: of the members' probabilities.
        matrix: the rows.
        texts: of the same rows.
        task: what is predicted.
        called: index of the class that was called for each row (n,); None for regression.
        reach: how far a member's values may be from the median of all, if there is a limit.
    """
    outputs = 1 if task == "regression" else members[0].models[0].predict(matrix[:1], _taken(texts, 0, 1)).shape[1]
    width = max((_width(fold, matrix) for member in members for fold in member.models), default=1)
    rows = max(1, _MOST_NUMBERS // (outputs * width))
    classes = None if called is None or task == "binary" else np.asarray(called, dtype=np.int64)
    found = [
        _margins(
            _blended(members, matrix[start : start + rows], _taken(texts, start, rows), reach),
            calibrator,
            task,
            _part(classes, start, rows),
        )
        for start in range(0, len(matrix), rows)
    ]
    base, margin, features = (np.concatenate(each) for each in zip(*found, strict=True))
    positive = np.ones(len(matrix), dtype=np.int64) if task == "binary" else classes
    return Explanation(SCALES[task], positive, base, margin, features, encoder.names, encoder.sources)


def _width(fold: FoldModel, matrix: Floats) -> int:
    """Features that a model takes."""
    return matrix.shape[1] if fold.extension is None else len(fold.extension.sources)


def _part(called: NDArray[np.int64] | None, start: int, rows: int) -> NDArray[np.int64] | None:
    return None if called is None else called[start : start + rows]


def _taken(texts: Sequence[TextColumn], start: int, rows: int) -> list[TextColumn]:
    return [column.taken(np.arange(start, min(start + rows, len(column.values)))) for column in texts]


def _blended(
    members: Sequence[Member], matrix: Floats, texts: Sequence[TextColumn], reach: float | None
) -> Contributions:
    """The weighted mean of what the models say, by base feature."""
    if reach is None:
        return mean(
            (member.weight / len(member.models), fold.contributions(matrix, texts))
            for member in members
            for fold in member.models
        )
    each = [
        mean((1 / len(member.models), fold.contributions(matrix, texts)) for fold in member.models)
        for member in members
    ]
    weights = np.array([member.weight for member in members])
    values = held(np.stack([found.ends[:, 0] for found in each]), weights, reach)
    kept = (found.ending(value[:, np.newaxis]) for found, value in zip(each, values, strict=True))
    return mean(zip(weights.tolist(), kept, strict=True))


def _margins(
    found: Contributions, calibrator: Calibrator | None, task: Task, called: NDArray[np.int64] | None
) -> tuple[Floats, Floats, Floats]:
    """Base (n,), margin (n,) and what each feature adds (n, f)."""
    if task == "regression":
        return np.full(len(found.ends), found.base[0]), found.ends[:, 0], found.parts[:, 0]
    scores = found.through(_logs if calibrator is None else calibrator.scores)
    if task == "binary":
        base, margin = scores.base[1] - scores.base[0], scores.ends[:, 1] - scores.ends[:, 0]
        return np.full(len(margin), base), margin, scores.parts[:, 1] - scores.parts[:, 0]
    logs = scores if calibrator is None else scores.normalised()
    rows = np.arange(len(logs.ends))
    return logs.base[called], logs.ends[rows, called], logs.parts[rows, called]


def _logs(probabilities: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(probabilities, LEAST)))
