"""How much of what texts tell a trial takes, and what that costs."""

from collections.abc import Sequence
from typing import Final, Literal, get_args

from automl.text.index import Terms
from automl.types import Task

Level = Literal["none", "ratios", "all"]
Piece = Literal["ratios", "gram_ratios", "word_scores", "gram_scores", "topics", "terms"]

PIECES: Final[dict[Level, tuple[Piece, ...]]] = {
    "none": (),
    "ratios": ("ratios", "gram_ratios"),
    "all": get_args(Piece),
}
"""What each level is made of."""

_MANY_PARTS, _FEW_PARTS = 8, 4
_MUCH_S: Final = 3.0
"""That many parts may take, of one fold on one core."""
MOST_OUTCOMES: Final = 30
"""Classes that have columns of their own, the commonest ones."""
TOPICS, TERMS = 30, 100
"""Columns of all text columns together, at the most."""
TOPIC_WORDS: Final = 5000
STEPS: Final = 30
"""Of a linear model's fit, at the most."""
_S_PER_FUNCTION, _S_PER_ENTRY = 2e-9, 5e-9
"""Of a step of a fit: for each weight of a text that is not 0."""


def pieces_of(level: str) -> tuple[Piece, ...]:
    """What a level is made of; nothing of one that there is not."""
    return next((pieces for name, pieces in PIECES.items() if name == level), ())


def columns_of(level: str, task: Task, n_classes: int, columns: int) -> int:
    """How many columns a level gives for so many columns of texts, at the most."""
    if not columns:
        return 0
    outcomes = min(MOST_OUTCOMES, n_classes) if task == "multiclass" else 1
    widths: dict[Piece, int] = {"topics": max(1, TOPICS // columns), "terms": max(1, TERMS // columns)}
    return columns * sum(widths.get(piece, outcomes) for piece in pieces_of(level))


def parts_of(terms: Sequence[Terms], task: Task, n_classes: int) -> int:
    """Into how many parts the rows of a fold fall: the more, the more each is told, and the longer it takes."""
    return _MANY_PARTS if _seconds(STEPS * _MANY_PARTS, terms, task, n_classes) <= _MUCH_S else _FEW_PARTS


def seconds_of(level: str, terms: Sequence[Terms], task: Task, n_classes: int) -> float:
    """About how long it takes to learn a level in one fold of texts with such terms, on one core."""
    steps = STEPS if "word_scores" in pieces_of(level) else 1
    return _seconds(steps * parts_of(terms, task, n_classes), terms, task, n_classes)


def _seconds(steps: int, terms: Sequence[Terms], task: Task, n_classes: int) -> float:
    functions = min(MOST_OUTCOMES, n_classes) if task == "multiclass" else 1
    entries: int = sum(block.nnz for column in terms for block in column)
    return steps * entries * (functions * _S_PER_FUNCTION + _S_PER_ENTRY)
