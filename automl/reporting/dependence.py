"""How a model's answers go with a column, all else being as it is (Friedman 2001: Greedy function approximation)."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from automl.clock import Over
from automl.features.textcolumns import TextColumn
from automl.ranking import thin
from automl.reporting.sample import Asked, trees_of
from automl.types import Column, Floats, Json

_MOST_COLUMNS: Final = 6
_POINTS, _LEVELS = 15, 10
_MOST_ROWS, _FEWEST_ROWS = 100, 20
_MOST_WORK: Final = 25_000_000
"""Rows times trees."""
_MOST_CLASSES: Final = 5


def tell_dependence(asked: Asked, columns: Sequence[Column], over: Over, *, less: float = 1.0) -> list[dict[str, Json]]:
    """Of each column `values`, and under `answers` what the model says on average where all rows have each of them.

    Of two classes that is the positive one's probability, of more the probability of each of the five most frequent.
    Numbers and moments stand at quantiles of the rows' own, categories at the ten most frequent ones.

    Args:
        asked: the model and the holdout.
        columns: those that matter most first; the first six that are no texts or images are looked at.
        over: ends it.
        less: share of the usual work.
    """
    plain = [column for column in columns if column.type not in ("text", "image")][:_MOST_COLUMNS]
    each = max(1, trees_of(asked.predictor) * _POINTS * len(plain))
    most = min(_MOST_ROWS, max(_FEWEST_ROWS, int(less * _MOST_WORK / each)))
    some = asked.ground.take(thin(asked.judged.rows, most))
    encoder = asked.predictor.spec.encoder
    matrix, texts = encoder.transform(some.frame), encoder.texts(some.frame)
    told = []
    for column in plain:
        values = _grid(column, asked.ground.values(column))
        if over():
            break
        if len(values) > 1:
            means = _means(asked, column.name, values, matrix, texts)
            told.append(
                {
                    "column": column.name,
                    "type": column.type,
                    "values": [_told(column, value) for value in values.tolist()],
                    "answers": _answers(asked, means),
                }
            )
    return told


def _grid(column: Column, values: NDArray[Any]) -> NDArray[Any]:
    """The values to look at, ascending; of categories the most frequent first."""
    if column.type == "categorical":
        counts = Counter(value for value in values.tolist() if value is not None)
        ranked = sorted(counts, key=lambda value: (-counts[value], value))
        return np.array(ranked[:_LEVELS], dtype=object)
    known = values[~np.isnan(values)]
    shares = np.linspace(0.025, 0.975, _POINTS)
    return np.unique(np.quantile(known, shares, method="inverted_cdf") if len(known) else known)


def _means(asked: Asked, name: str, values: NDArray[Any], matrix: Floats, texts: Sequence[TextColumn]) -> Floats:
    """The mean answer where all rows have each value `(values, k)`; of a regression k is 1."""
    encoder = asked.predictor.spec.encoder
    encoded = encoder.transform({**_anyhow(asked, len(values)), name: values})
    changed = np.tile(matrix, (len(values), 1))
    places = encoder.places(name)
    changed[:, places] = np.repeat(encoded[:, places], len(matrix), axis=0)
    texts = [text.taken(np.tile(np.arange(len(matrix)), len(values))) for text in texts]
    answers = asked.answers(changed, texts)
    return np.asarray(answers.reshape(len(values), len(matrix), -1).mean(axis=1))


def _anyhow(asked: Asked, rows: int) -> dict[str, NDArray[Any]]:
    """Rows of which nothing matters: those of texts and images are left out, which take their time to be encoded."""
    first = {column: asked.frame[column.name][:1] for column in asked.predictor.spec.encoder.columns}
    missing = np.full(rows, None, dtype=object)
    return {
        column.name: missing if column.type in ("text", "image") else np.repeat(value, rows)
        for column, value in first.items()
    }


def _answers(asked: Asked, means: Floats) -> list[dict[str, Json]]:
    classes = asked.judged.classes
    if asked.judged.task == "regression":
        return [{"label": None, "mean": means[:, 0].tolist()}]
    frequent = np.argsort(-np.bincount(asked.judged.target, minlength=len(classes)), kind="stable")
    shown = [1] if asked.judged.task == "binary" else frequent[:_MOST_CLASSES].tolist()
    return [{"label": classes[k], "mean": means[:, k].tolist()} for k in shown]


def _told(column: Column, value: Json) -> Json:
    if column.type == "datetime":
        return datetime.fromtimestamp(value, UTC).isoformat()
    return bool(value) if column.type == "boolean" else value
