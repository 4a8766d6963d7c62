"""What each column adds to a model's answers, over a sample of the holdout."""

from typing import Any, Final

import numpy as np

from automl.clock import Over
from automl.explanations.explain import Explanation
from automl.ranking import thin
from automl.reporting.sample import Asked, trees_of
from automl.types import Floats, Json

_MOST_ROWS, _FEWEST_ROWS = 200, 20
_FIRST_ROWS: Final = 4
_WORK_A_SECOND, _MOST_WORK = 100_000, 500_000
"""Rows times trees, for each second that all explanations have, and in all."""
_MOST_FEATURES: Final = 20
"""Of a column that is made into many, such as the terms of a text."""


def tell_shap(asked: Asked, over: Over, seconds: float | None = None) -> dict[str, Json]:
    """Over `rows` of the holdout: their mean `base`, and of each of the `columns` what it adds, on the `scale`.

    `mean_abs` is the mean size of what a column adds, `mean` the mean itself. A column that is made into several
    features has those that add most under `features`. Fewer rows are explained where it is `over` before.

    Args:
        asked: the model and the holdout.
        over: ends it.
        seconds: that all explanations may take; None for what they take.
    """
    work = _MOST_WORK if seconds is None else min(_MOST_WORK, int(max(1.0, seconds) * _WORK_A_SECOND))
    most = min(_MOST_ROWS, max(_FEWEST_ROWS, work // max(1, trees_of(asked.predictor))))
    some = Asked(asked.predictor, asked.ground.take(_shuffled(asked.judged.rows, most)))
    found: list[Explanation] = []
    done = 0
    while done < some.judged.rows and not (found and over()):
        end = min(some.judged.rows, max(_FIRST_ROWS, 2 * done))
        found.append(some.explain(done, end))
        done = end
    whole = found[0]
    features = np.concatenate([each.features for each in found])
    contributions = np.concatenate([each.contributions for each in found])
    amounts = zip(whole.columns, np.abs(contributions).mean(axis=0), contributions.mean(axis=0), strict=True)
    columns: list[dict[str, Json]] = [
        {"column": name, "mean_abs": float(size), "mean": float(mean), "features": _features(whole, name, features)}
        for name, size, mean in amounts
    ]
    base = float(np.mean(np.concatenate([each.base for each in found])))
    columns.sort(key=lambda row: (-row["mean_abs"], row["column"]))
    return {"scale": whole.scale, "rows": done, "base": base, "columns": columns}


def _shuffled(rows: int, most: int) -> Any:  # noqa: ANN401 - an array of indices
    """Rows spread evenly, in an order of which any first few are spread, too."""
    spread = thin(rows, most)
    return spread[np.random.default_rng(0).permutation(len(spread))]


def _features(explanation: Explanation, column: str, features: Floats) -> list[dict[str, Json]]:
    places = explanation.places[column]
    if len(places) == 1:
        return []
    own = features[:, places]
    sizes, means = np.abs(own).mean(axis=0), own.mean(axis=0)
    strongest = [at for at in np.argsort(-sizes, kind="stable").tolist() if sizes[at]][:_MOST_FEATURES]
    return [
        {"feature": explanation.names[places[at]], "mean_abs": float(sizes[at]), "mean": float(means[at])}
        for at in strongest
    ]
