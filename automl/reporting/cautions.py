"""What was noticed in a table, beside the model that was made of it: what puts the report's figures in doubt."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

import numpy as np

from automl.problem import Problem
from automl.profiling.columns import Finding
from automl.splits.split import find_copies
from automl.stages import Parts
from automl.types import Json, SplitKind

_MOST_CELLS: Final = 20_000_000
"""Values that are looked through for copies: beyond, it would take seconds."""

CAUTIONS: Final[Mapping[str, str]] = {
    "copied-holdout": "The figures flatter the model: it has seen these rows.",
    "possible-target-leak": "If it is not known when predictions are made, the figures are too good to be true.",
    "order-drift": "The holdout is not what the model will meet.",
    "id-like-column": "What a model learns of an identifier does not hold for new rows.",
    "duplicate-rows": "Copies are kept on one side of a random split, and of no other.",
    "rare-class": "Little is known of what rests on so few rows.",
    "imbalanced-target": "Look at average precision, F1 and the table of classes.",
}
"""The codes of findings that become warnings, the gravest first, and what they mean for the report."""


def findings_of_split(problem: Problem, parts: Parts, kind: SplitKind) -> list[Finding]:
    """Rows of the holdout that the model has learnt from as exact copies.

    A random split keeps copies on one side; those by groups, time or a user's column, and test tables, may not.
    """
    tested = problem.test is not None
    cells = (len(problem.target) + len(parts.holdout_target) * tested) * (1 + len(problem.columns))
    if (kind == "random" and not tested) or cells > _MOST_CELLS:
        return []
    if problem.test is None:
        numbers = find_copies([*problem.frame.values(), problem.target])
        held = numbers[parts.held_out]
    else:
        pairs = [(values, problem.test.frame[name]) for name, values in problem.frame.items()]
        numbers = find_copies([np.concatenate(pair) for pair in (*pairs, (problem.target, problem.test.target))])
        held = numbers[len(problem.target) :]
    copied = int(np.isin(held, numbers[parts.rows]).sum())
    if not copied:
        return []
    detail = f"{copied} of the {len(held)} rows that judge are exact copies of rows that the model has learnt from."
    return [Finding("copied-holdout", None, detail)]


def cautions(
    findings: Sequence[Finding], importances: Sequence[Mapping[str, Json]], target: str
) -> list[dict[str, Json]]:
    """The findings that put the figures in doubt, as JSON: what they mean, and how much the model makes of the column.

    That is its share in what all columns add to answers, by SHAP; None for what is no column that is learnt from.

    Args:
        findings: all.
        importances: from `explained`.
        target: name of what is predicted: rare values are grave there alone.
    """
    sizes = {row["column"]: row["shap"] or 0.0 for row in importances}
    whole = math.fsum(sizes.values()) or 1.0
    shares = {column: size / whole for column, size in sizes.items()}
    grave = {code: place for place, code in enumerate(CAUTIONS)}
    found = [
        {**asdict(it), "meaning": CAUTIONS[it.code], "importance": shares.get(it.column)}
        for it in findings
        if it.code in grave and (it.code != "rare-class" or it.column == target)
    ]
    return sorted(found, key=lambda it: (grave[it["code"]], -(it["importance"] or 0.0), it["column"] or ""))
