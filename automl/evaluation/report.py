"""The report: what the model is worth on rows that no step has seen, and beside it on those that it was chosen by."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from automl.clock import Clock
from automl.decisions.criteria import aim_of
from automl.decisions.decision import Decisions, decide
from automl.decisions.tuning import Tuner
from automl.evaluation.beside import dummy_label, likeliest, simply, tell_baselines
from automl.evaluation.evaluate import evaluate
from automl.evaluation.ground import Ground
from automl.evaluation.judged import Judged
from automl.evaluation.paired import compare
from automl.evaluation.rules import tell_rules
from automl.evaluation.slices import Slices
from automl.evaluation.verdict import verdict
from automl.metrics import counting
from automl.types import Column, Criterion, Floats, Json, Metric

_ROWS_COMPARED: Final = 5_000
"""Stand for all in a comparison, where there are more."""
_BY: Final = {
    "holdout": 0.4, "out_of_fold": 0.65, "baselines": 0.75, "comparisons": 0.8, "asked": 0.9, "slices": 1.0
}  # fmt: skip
"""Shares of the time after which each part ends."""


def build_report(
    *,
    target: str,
    metric: Metric,
    holdout: Ground,
    out_of_fold: Ground,
    columns: Sequence[Column],
    baselines: Mapping[str, Floats],
    trials: tuple[Floats, Floats] | None = None,
    member: Judged | None = None,
    sliced: Sequence[Column] = (),
    decisions: Decisions | None = None,
    seconds: float | None = 2.0,
    seed: int = 0,
) -> dict[str, Json]:
    """Everything that a person needs to judge a model, as finite JSON.

    Args:
        target: the name of the column that is predicted.
        metric: what the run ranked by.
        holdout: rows that no step of the search saw, and what the model says of them.
        out_of_fold: training rows, and what the models that had not learnt from them said. The model was chosen by
            them, so it looks a little better there than it is.
        columns: those that the model learnt from, the most important first.
        baselines: outputs of simpler answers on the holdout, by name: `dummy` (see `baselines`), `default_lightgbm`.
        trials: what the best trial and the next one said of the training rows out of fold.
        member: the holdout as the best of the trials that the model is made of answers it alone.
        sliced: columns of which every slice is to be told.
        decisions: by which the model's labels were called; the others call the likeliest class.
        seconds: intervals rest on fewer resamples rather than make the report take longer; None takes what it takes, so
            that equal arguments give equal reports.
        seed: of the resamples.
    """
    clock = Clock(seconds)
    unseen, seen = holdout.judged, out_of_fold.judged
    report: dict[str, Json] = {
        "task": unseen.task,
        "target": target,
        "positive": unseen.classes[1] if unseen.task == "binary" else None,
        "metric": metric,
        "weighted": counting(unseen.weights) is not None,
        **evaluate(unseen, over=clock.by(_BY["holdout"]), seed=seed),
        "dummy_label": dummy_label(unseen, baselines, metric),
        "threshold": tell_rules(decisions, unseen),
        "out_of_fold": evaluate(seen, over=clock.by(_BY["out_of_fold"]), seed=seed),
        **tell_baselines(unseen, baselines, over=clock.by(_BY["baselines"]), seed=seed),
    }
    tuned = decisions is not None and decisions.chosen.criterion != Criterion("likeliest")
    pairs = [(_told("model", name), unseen, simply(unseen, name, said, metric)) for name, said in baselines.items()]
    if member is not None:
        pairs.append((_told("model", "best_member"), unseen, member))
    if trials is not None:
        first, second = (_at_its_best(seen, said, metric) if tuned else likeliest(seen, said) for said in trials)
        pairs.append((_told("best_trial", "runner_up", "out_of_fold"), first, second))
    over = clock.by(_BY["comparisons"])
    report["comparisons"] = [
        told | compare(metric, ours, theirs, most=_ROWS_COMPARED, over=over, seed=seed) for told, ours, theirs in pairs
    ]
    slices = Slices(metric, out_of_fold, holdout, clock.by(_BY["slices"]), clock.by(_BY["asked"]), seed)
    report["slices"] = {
        **slices.tell(columns, sliced),
        "all_rows": slices.all_rows(report["out_of_fold"]["metrics"], report["metrics"]),
    }
    finite: dict[str, Json] = _finite({"verdict": verdict(report), **report})
    return finite


def _told(ours: str, against: str, on: str = "holdout") -> dict[str, Json]:
    return {"ours": ours, "against": against, "on": on}


def _at_its_best(judged: Judged, outputs: Floats, metric: Metric) -> Judged:
    """The same rows as a trial answers them; labels of two classes by the threshold that is best for it here."""
    if judged.task != "binary":
        return likeliest(judged, outputs)
    tuner = Tuner(judged.target, outputs, judged.weights, judged.classes)
    decision = tuner.tune(Criterion(aim_of(metric, len(judged.classes)) or "likeliest"))
    return judged.answered(outputs, decide(outputs, decision))


def _finite(value: Json) -> Json:
    """JSON has no infinities; an overflowed loss becomes null rather than a broken document."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
