"""The stage that looks at the holdout: what the chosen model is worth."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from numpy.typing import NDArray

from automl.decisions.calibrating import Calibration
from automl.decisions.decision import decide
from automl.decisions.tuning import rows_to_tune_on
from automl.evaluation.ground import Ground
from automl.evaluation.importances import column_importances
from automl.evaluation.judged import Judged
from automl.evaluation.judgement import Judgement
from automl.evaluation.recalibrated import tell_calibration
from automl.evaluation.report import build_report
from automl.predictor import Predictor
from automl.problem import Problem
from automl.reporting.cautions import cautions, findings_of_split
from automl.reporting.explained import explained
from automl.reporting.sample import Asked
from automl.reporting.trials import best_member, first_two
from automl.search import Brake, Found
from automl.selection.blend import Blend
from automl.splits.split import Rows
from automl.stages import Parts, groups_of
from automl.tables.frames import take
from automl.types import Floats, Json, TrainRequest

_SHARE: Final = 0.06
_MOST_S: Final = 12.0
"""Of the whole time, and at the most, for the report."""
_FIGURES: Final = 0.5
"""Of that for intervals, comparisons and slices; the rest is for explanations."""
_AGAIN: Final = 0.1
"""Of that at the most, to ask the best member about the holdout: no more than it takes to ask all of them."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is judged, and beside what.

    Attributes:
        found: the trials.
        blend: those that the model is made of, and what they said out of fold.
        predictor: the model.
        calibration: of its probabilities.
        baselines: other answers for the holdout.
    """

    found: Found
    blend: Blend
    predictor: Predictor
    calibration: Calibration
    baselines: Mapping[str, Floats]


def judge(
    problem: Problem, parts: Parts, answers: Answers, request: TrainRequest, brake: Brake
) -> tuple[dict[str, Json], Judgement, Judgement | None]:
    """The report on the holdout and on the training rows out of fold, with what was odd about the table.

    And what the model said of the holdout, for those who come after it, and of more than two classes what was said out
    of fold, for rules to be tuned on later. There are fewer intervals where the brake closes, though not because
    somebody cancels the run.
    """
    seconds = min(report_seconds(request), replace(brake, monitor=None).left())
    predictor, blend = answers.predictor, answers.blend
    begun = time.monotonic()
    said = predictor.said(parts.holdout)
    cheap = request.max_trials is not None or time.monotonic() - begun <= _AGAIN * seconds
    holdout = _holdout(problem, parts, predictor, said, request)
    importances = column_importances([column.name for column in problem.columns], predictor.boosters())
    why = explained(
        Asked(predictor, holdout),
        importances,
        problem.columns,
        problem.metric,
        seconds=None if request.max_trials is not None else (1 - _FIGURES) * seconds,
        seed=request.seed,
    )
    out_of_fold = _out_of_fold(problem, parts, blend, predictor, request)
    columns = {column.name: column for column in problem.columns}
    report = build_report(
        target=problem.name,
        metric=problem.metric,
        holdout=holdout,
        out_of_fold=out_of_fold,
        columns=[columns[row["column"]] for row in why["importances"]],
        baselines=answers.baselines,
        trials=first_two(answers.found, blend),
        member=best_member(problem, parts, blend, predictor, holdout.judged) if cheap else None,
        sliced=problem.sliced,
        decisions=predictor.spec.decisions,
        seconds=None if request.max_trials is not None else _FIGURES * seconds,
        seed=request.seed,
    )
    findings = [*problem.findings, *findings_of_split(problem, parts, request.split)]
    more = {
        **why,
        "calibration": tell_calibration(answers.calibration, request.calibration, holdout.judged, said),
        "findings": [asdict(finding) for finding in findings],
        "warnings": cautions(findings, why["importances"], problem.name, request.split),
    }
    judging = problem.test.target if problem.test else problem.target
    held_out = Judgement.of(parts.held_out, holdout.judged, len(judging))
    return {**report, **more}, held_out, _to_tune_on(problem, parts.rows[blend.rows], out_of_fold.judged)


def report_seconds(request: TrainRequest) -> float:
    """What the report may take beyond figures and curves."""
    return min(_MOST_S, _SHARE * request.timeout_s)


def _holdout(problem: Problem, parts: Parts, predictor: Predictor, said: Floats, request: TrainRequest) -> Ground:
    judged = _judged(problem, predictor, parts.holdout_target, predictor.calibrated(said), parts.holdout_weights)
    judged = replace(judged, groups=None if problem.test else groups_of(problem, request, parts.held_out))
    return Ground(judged, parts.holdout, parts.holdout_aside)


def _out_of_fold(problem: Problem, parts: Parts, blend: Blend, predictor: Predictor, request: TrainRequest) -> Ground:
    weights = None if parts.weights is None else parts.weights[blend.rows]
    judged = _judged(problem, predictor, parts.target[blend.rows], predictor.calibrated(blend.outputs), weights)
    judged = replace(judged, groups=groups_of(problem, request, parts.rows[blend.rows]))
    return Ground(judged, take(parts.train, blend.rows), take(parts.aside, blend.rows))


def _to_tune_on(problem: Problem, rows: Rows, judged: Judged) -> Judgement | None:
    """Rows that offsets can be tuned on; None for two classes, of which the bundle keeps what each threshold gave."""
    if problem.task != "multiclass":
        return None
    return Judgement.of(rows, judged, len(problem.target), rows_to_tune_on(len(problem.classes)))


def _judged(
    problem: Problem, predictor: Predictor, target: NDArray[Any], outputs: Floats, weights: Floats | None
) -> Judged:
    return Judged(
        task=problem.task,
        classes=problem.classes,
        ordered=problem.ordered,
        target=target,
        outputs=outputs,
        predicted=outputs if problem.task == "regression" else decide(outputs, predictor.decision),
        weights=weights,
    )
