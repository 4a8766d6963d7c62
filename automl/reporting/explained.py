"""What a report says of why a model answers as it does."""

from collections.abc import Sequence
from typing import Final

from automl.clock import Clock
from automl.reporting.dependence import tell_dependence
from automl.reporting.permuted import tell_permuted
from automl.reporting.sample import Asked
from automl.reporting.shap import tell_shap
from automl.reporting.words import tell_words
from automl.types import Column, Json, Metric

_BY: Final = {"shap": 0.35, "words": 0.5, "dependence": 0.7, "permutation": 0.9}
"""Shares of the time after which each part ends; the first one may take as long again."""


_AMPLE_S: Final = 2.0
"""With less, fewer rows are asked about, rather than fewer columns."""


def explained(
    asked: Asked, importances: Sequence[dict[str, Json]], columns: Sequence[Column], metric: Metric, *,
    seconds: float | None, seed: int,
) -> dict[str, Json]:  # fmt: skip
    """`importances` with `shap` and `permutation` beside gain and split, the most telling first, and `explanations`.

    Args:
        asked: the model and the holdout.
        importances: from `column_importances`.
        columns: that the model learns from.
        metric: of the run.
        seconds: that all of it may take; None for what it takes, so that equal arguments give equal results.
        seed: of what is drawn.
    """
    clock, named = Clock(seconds), {column.name: column for column in columns}
    shap = tell_shap(asked, clock.by(_BY["shap"]), seconds)
    ranked = [row["column"] for row in shap["columns"]]
    words = tell_words(asked, clock.by(_BY["words"]))
    less = 1.0 if seconds is None else min(1.0, seconds / _AMPLE_S)
    dependence = tell_dependence(asked, [named[name] for name in ranked], clock.by(_BY["dependence"]), less=less)
    permuted = tell_permuted(asked, metric, ranked, clock.by(_BY["permutation"]), less=less, seed=seed)
    sizes = {row["column"]: row["mean_abs"] for row in shap["columns"]}
    more = [
        {**row, "shap": sizes.get(row["column"]), "permutation": permuted.get(row["column"])} for row in importances
    ]
    more.sort(key=lambda row: -(row["shap"] or 0.0))
    return {"importances": more, "explanations": {"shap": shap, "words": words, "partial_dependence": dependence}}
