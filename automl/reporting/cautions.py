"""What was noticed in a table, beside the model that was made of it: what puts the report's figures in doubt."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from automl.problem import Problem
from automl.profiling.columns import Finding
from automl.splits.split import find_copies
from automl.stages import Parts
from automl.types import Json, SplitKind

_MOST_CELLS: Final = 20_000_000
"""Values that are looked through for copies: beyond, it would take seconds."""
_BY_CHANCE: Final = 0.05
"""Rows that equal a row by chance, from which on being alike tells nothing."""

CAUTIONS: Final[Mapping[str, str]] = {
    "copied-holdout": "The figures flatter the model: it has seen these rows.",
    "possible-target-leak": "If it is not known when predictions are made, the figures are too good to be true.",
    "order-drift": "The holdout is from all of the table, and flatters the model if rows yet to come are unlike it.",
    "id-like-column": "What a model learns of an identifier does not hold for new rows.",
    "duplicate-rows": "Copies are kept on one side of a random split, and of no other.",
    "rare-class": "Little is known of what rests on so few rows.",
    "imbalanced-target": "Look at average precision, F1 and the table of classes.",
}
"""The codes of findings that become warnings, the gravest first, and what they mean for the report."""
_ALONG_TIME: Final = {"order-drift": "The holdout is the newest part, so this is in its figures: expect them to age."}


def findings_of_split(problem: Problem, parts: Parts, kind: SplitKind) -> list[Finding]:
    """Rows of the holdout that the model has learnt from as exact copies.

    A random split keeps copies on one side; those by groups, time or a user's column, and test tables, may not. What
    identifies rows hides copies from a split: it is left aside where rows tell enough without it to be known again.
    """
    ids = {it.column for it in problem.findings if it.code == "id-like-column"} & problem.frame.keys()
    test, cells = problem.test, (len(problem.target) + len(parts.holdout_target)) * (1 + len(problem.columns))
    if (kind == "random" and test is None and not ids) or cells > _MOST_CELLS:
        return []
    named = [name for name in problem.frame if name not in ids]
    if ids and _partners_by_chance([*(problem.frame[it] for it in named), problem.target]) > _BY_CHANCE:
        ids, named = set(), list(problem.frame)
    columns = [problem.frame[name] for name in named] + [problem.target]
    held_out = parts.held_out
    if test is not None:
        theirs = [test.frame[name] for name in named] + [test.target]
        columns = [np.concatenate(pair) for pair in zip(columns, theirs, strict=True)]
        held_out = len(problem.target) + np.arange(len(test.target))
    numbers = find_copies(columns)
    copied = int(np.isin(numbers[held_out], numbers[parts.rows]).sum())
    if not copied:
        return []
    alike = f"in all but {', '.join(sorted(map(repr, ids)))} " if ids else ""
    who = f"{copied} of the {len(held_out)} rows that judge are {alike}exact copies"
    return [Finding("copied-holdout", None, f"{who} of rows that the model has learnt from.")]


def _partners_by_chance(columns: Sequence[NDArray[Any]]) -> float:
    """How many other rows a row would equal on average, if columns had nothing to do with each other."""
    rows, shared = len(columns[0]), 1.0
    for values in columns:
        counts = np.asarray(pa.array(values, from_pandas=True).value_counts().field("counts"))
        shared *= float(np.sum((counts / rows) ** 2))
    return rows * shared


def cautions(
    findings: Sequence[Finding], importances: Sequence[Mapping[str, Json]], target: str, split: SplitKind = "random"
) -> list[dict[str, Json]]:
    """The findings that put the figures in doubt, as JSON: what they mean, and how much the model makes of the column.

    That is its share in what all columns add to answers, by SHAP; None for what is no column that is learnt from.

    Args:
        findings: all.
        importances: from `explained`.
        target: name of what is predicted: rare values are grave there alone.
        split: along time some mean another thing.
    """
    sizes = {row["column"]: row["shap"] or 0.0 for row in importances}
    whole = math.fsum(sizes.values()) or 1.0
    shares = {column: size / whole for column, size in sizes.items()}
    grave = {code: place for place, code in enumerate(CAUTIONS)}
    means = {**CAUTIONS, **(_ALONG_TIME if split == "time" else {})}
    found = [
        {**asdict(it), "meaning": means[it.code], "importance": shares.get(it.column)}
        for it in findings
        if it.code in grave and (it.code != "rare-class" or it.column == target)
    ]
    return sorted(found, key=lambda it: (grave[it["code"]], -(it["importance"] or 0.0), it["column"] or ""))
