"""How much worse a model is where a column tells it nothing: its values dealt out anew among the rows.

Breiman 2001: Random forests; Fisher, Rudin & Dominici 2019: All models are wrong, but many are useful.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from automl.bootstrap import Resamples
from automl.clock import Over
from automl.decisions.decision import decide
from automl.evaluation.judged import Judged
from automl.evaluation.single import prepare_one
from automl.features.textcolumns import TextColumn
from automl.metrics import to_score
from automl.reporting.sample import Asked, trees_of
from automl.types import Floats, Json, Metric

_MOST_COLUMNS: Final = 20
_REPEATS: Final = 4
_MOST_ROWS, _FEWEST_ROWS = 1_000, 100
_MOST_WORK: Final = 25_000_000
"""Rows times trees."""


def tell_permuted(
    asked: Asked, metric: Metric, columns: Sequence[str], over: Over, *, less: float = 1.0, seed: int
) -> dict[str, Json]:
    """Of each column the `value`: how much the score falls, and its `deviation` over four permutations.

    Args:
        asked: the model and the holdout.
        metric: that is scored; above 0 the column is of use, whatever the metric.
        columns: the first 20 are looked at, in this order.
        over: ends it.
        less: share of the usual work.
        seed: of the permutations.
    """
    encoder, columns = asked.predictor.spec.encoder, columns[:_MOST_COLUMNS]
    each = max(1, trees_of(asked.predictor) * _REPEATS * len(columns))
    drawn = Resamples(
        asked.judged.strata, seed=seed, most=min(_MOST_ROWS, max(_FEWEST_ROWS, int(less * _MOST_WORK / each)))
    )
    some = Asked(asked.predictor, asked.ground.take(drawn.rows))
    weights = drawn.each if some.judged.weights is None else drawn.each * some.judged.weights
    matrix, texts = encoder.transform(some.frame), encoder.texts(some.frame)
    rng = np.random.default_rng(seed)
    whole = _score(some.judged, metric, weights)
    told: dict[str, Json] = {}
    for column in columns:
        if over():
            break
        outputs = [some.answers(*_without(matrix, texts, encoder.places(column), rng)) for _ in range(_REPEATS)]
        lost = [whole - _score(_answered(some, each), metric, weights) for each in outputs]
        told[column] = {"value": float(np.mean(lost)), "deviation": float(np.std(lost, ddof=1))}
    return told


def _without(
    matrix: Floats, texts: Sequence[TextColumn], places: Sequence[int], rng: np.random.Generator
) -> tuple[Floats, list[TextColumn]]:
    """The matrix and the texts beside it, with what is in these places dealt out anew among the rows."""
    changed, order = matrix.copy(), rng.permutation(len(matrix))
    changed[:, places] = matrix[order][:, places]
    return changed, [text.taken(order) if text.features[0] in places else text for text in texts]


def _answered(asked: Asked, outputs: Floats) -> Judged:
    regression = asked.judged.task == "regression"
    return asked.judged.answered(outputs, outputs if regression else decide(outputs, asked.predictor.decision))


def _score(judged: Judged, metric: Metric, weights: Floats) -> float:
    return to_score(metric, prepare_one(metric, judged)(weights))
