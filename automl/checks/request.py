"""Whether a run can be what is asked of a table, said before anything is queued, from the profile alone."""

import math
from collections.abc import Sequence
from typing import get_args

from automl.checks.augmentation import check_augmentation
from automl.checks.bases import check_bases
from automl.checks.constraints import check_columns, check_tuning, other_parts
from automl.checks.decisions import check_decision
from automl.checks.refusals import listed, refuse_if
from automl.checks.slices import check_slices
from automl.checks.splits import check_split, check_weights
from automl.checks.target import check_target
from automl.checks.testtable import check_test
from automl.errors import Fault, InvalidRequest
from automl.metrics import METRICS
from automl.profiling.columns import ColumnProfile, Profile
from automl.types import Algorithm, Family, SplitKind, Task, TrainRequest

_MOST_FOLDS = 20
_MOST_HOLDOUT = 0.5
_MOST_REPEATS = 5
_PREDICT_MS = (0.001, 60_000)
_BUNDLE_MB = (0.001, 512)
_SEEDS = 2**32


def check_request(profile: Profile, request: TrainRequest, test: Profile | None = None) -> Task:
    """The task of the run, once everything else about the request is known to be possible.

    Args:
        profile: of the table to learn from.
        request: what is asked.
        test: of the table to judge by, if there is a separate one.

    Raises:
        InvalidRequest: the first thing that is wrong: `out-of-range`, `unknown-target`, `too-few-rows`, `null-target`,
            `infinite-target`, `unsupported-target`, `one-class`, `task-not-for-target`, `unknown-metric`,
            `metric-not-for-task`, `unknown-class`, `too-many-classes`, `rare-class`, `unknown-column`,
            `unknown-augmentation`, `repeated-augmentation`, `augmentation-not-for-task`, `no-text-column`,
            `no-image-column`, `no-translator`, `unusable-split`, `unusable-weights`, `unusable-slices`,
            `decision-not-for-task`, `calibration-not-for-task`, `unusable-costs`, `no-features`, `infinite-value`,
            `unusable-test`, `invalid-param`, `invalid-range`, `unusable-constraint`.
    """
    _check_ranges(request)
    check_tuning(profile, request)
    task = check_target(profile, request)
    check_bases(profile, request, task)
    check_columns(profile, request, task)
    kinds = {column.type for column in feature_columns(profile, request)}
    check_augmentation(request, task, texts="text" in kinds, images="image" in kinds)
    check_split(profile, request, tested=test is not None)
    check_weights(profile, request)
    _check_features(profile, request)
    check_decision(profile, request, task)
    check_slices(profile, request)
    if test:
        check_test(profile, test, request, task=task, features=feature_columns(profile, request))
    return task


def feature_columns(profile: Profile, request: TrainRequest) -> list[ColumnProfile]:
    """What a model may learn from: columns in which rows differ, that have no other part and are not ignored."""
    apart = {*other_parts(request), *request.ignore}
    return [column for column in profile.columns if column.name not in apart and column.varies]


def _check_ranges(request: TrainRequest) -> None:
    ranges = {
        "timeout_s": (math.isfinite(request.timeout_s) and request.timeout_s > 0, "a positive number of seconds"),
        "max_trials": (request.max_trials is None or request.max_trials >= 1, "1 or more, or left out"),
        "holdout": (0 < request.holdout <= _MOST_HOLDOUT, f"more than 0 and at most {_MOST_HOLDOUT}"),
        "folds": (request.folds is None or 2 <= request.folds <= _MOST_FOLDS, f"2 to {_MOST_FOLDS}, or left out"),  # noqa: PLR2004
        "split": (request.split in get_args(SplitKind), f"one of {', '.join(get_args(SplitKind))}"),
        "max_predict_ms": (_within(request.max_predict_ms, _PREDICT_MS), "0.001 to 60000 milliseconds, or left out"),
        "max_bundle_mb": (_within(request.max_bundle_mb, _BUNDLE_MB), "0.001 to 512 megabytes, or left out"),
        "gap": (math.isfinite(request.gap) and request.gap >= 0, "0 or more"),
        "repeats": (1 <= request.repeats <= _MOST_REPEATS, f"1 to {_MOST_REPEATS}"),
        "seed": (0 <= request.seed < _SEEDS, f"0 to {_SEEDS - 1}"),
        "algorithm": (request.algorithm in get_args(Algorithm), f"one of {', '.join(get_args(Algorithm))}"),
        "families": (_are_families(request.families), f"one or more of {', '.join(get_args(Family))}"),
        "task": (request.task is None or request.task in METRICS, f"one of {', '.join(METRICS)}, or left out"),
    }
    for field, (holds, due) in ranges.items():
        refuse_if(not holds, "out-of-range", f"{field!r} must be {due}.", field)


def _are_families(asked: Sequence[str]) -> bool:
    return bool(asked) and set(asked) <= {*get_args(Family)}


def _within(value: float | None, ends: tuple[float, float]) -> bool:
    return value is None or ends[0] <= value <= ends[1]


def _check_features(profile: Profile, request: TrainRequest) -> None:
    features = feature_columns(profile, request)
    refuse_if(
        not features,
        "no-features",
        f"No column but the target {request.target!r} has more than one value and may be learnt from.",
        "ignore" if request.ignore else "dataset",
    )
    faults = [
        Fault("is infinite: correct the value or leave it empty", row=row, column=column.name)
        for column in features
        for row in column.statistics.get("infinite_rows", [])
    ]
    if faults:
        names = list(dict.fromkeys(fault.column for fault in faults))
        raise InvalidRequest(
            "infinite-value",
            f"Features hold infinite values: {listed(names)}. Correct them or leave those cells empty.",
            faults[:20],
        )
