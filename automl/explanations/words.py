"""What the words of a text do to an answer: by how much its margin falls where one of them is left out.

Li, Monroe & Jurafsky 2016: Understanding neural networks through representation erasure. Effects do not add up to what
the column adds: words that say the same stand in for each other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from automl.decisions.calibrators import LEAST
from automl.features.textcolumns import TextColumn
from automl.text.tokens import without
from automl.types import Floats, Task

Effects = dict[str, dict[str, float]]
"""By column, then by word."""

_MOST_WORDS, _FEWEST_WORDS = 30, 3
_MOST_LETTERS: Final = 100_000
"""Of all variants of a text, which are read anew."""


def word_effects(
    answer: Callable[[Floats, Sequence[TextColumn]], Floats],
    matrix: Floats,
    texts: Sequence[TextColumn],
    *,
    task: Task,
    called: NDArray[np.int64] | None,
) -> Iterator[Effects]:
    """The effects of each row, of the words that the model knows; nothing where there are no texts.

    Args:
        answer: what the model says of rows: probabilities (m, k) or values (m,).
        matrix: base features of the rows (n, f).
        texts: of the same rows.
        task: what is predicted.
        called: index of the class that was called for each row (n,); None for regression.
    """
    for row in range(len(matrix) if texts else 0):
        words = {column.name: _weightiest(column, row) for column in texts}
        if not any(words.values()):
            yield {}
            continue
        rows = _left_out(matrix[row], [column.taken(np.array([row])) for column in texts], words)
        margins = _margins(answer(*rows), task, None if called is None else int(called[row]))
        lost = iter((margins[0] - margins[1:]).tolist())
        yield {name: {word: next(lost) for word in told} for name, told in words.items() if told}


def _left_out(
    features: Floats, texts: Sequence[TextColumn], words: Mapping[str, Sequence[str]]
) -> tuple[Floats, list[TextColumn]]:
    """A row (f,) and its texts, and below it the same without one of the words, each in its turn."""
    count = sum(map(len, words.values()))
    matrix, changed, end = np.tile(features, (1 + count, 1)), list[TextColumn](), 0
    for column in texts:
        start, end = end, end + len(words[column.name])
        values = np.full(count, column.values[0], dtype=object)
        values[start:end] = [without(column.values[0], word) for word in words[column.name]]
        matrix[1 + start : 1 + end, column.features] = column.encoded(values[start:end])
        changed.append(column.joined(values, np.zeros(count, dtype=np.int64)))
    return matrix, changed


def _weightiest(column: TextColumn, row: int) -> list[str]:
    """The words of a text that weigh most, fewer of a long one."""
    weights, names = column.terms.words[[row]], column.encoder.index.names[0]
    most = max(_FEWEST_WORDS, min(_MOST_WORDS, _MOST_LETTERS // max(1, len(column.values[row] or ""))))
    order = np.argsort(-weights.data, kind="stable")
    terms = (names[at] for at in weights.indices[order].tolist())
    return [term for term in terms if " " not in term][:most]  # the others are pairs


def _margins(outputs: Floats, task: Task, called: int | None) -> Floats:
    """As `explain` has them."""
    if task == "regression":
        return outputs
    logs: Floats = np.log(np.maximum(outputs, LEAST))
    return logs[:, 1] - logs[:, 0] if task == "binary" else logs[:, called or 0]
