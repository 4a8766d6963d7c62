"""What trials are made from."""

from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from automl.augment.text.translators import Translator, in_use
from automl.features.datecolumns import DateColumn
from automl.features.imagecolumns import ImageColumn
from automl.features.textcolumns import TextColumn
from automl.search.ceiling import Ceiling
from automl.splits.split import Folds
from automl.types import Floats, Metric, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What trials are made from: plain data, so that it can be sent to where they run.

    Attributes:
        matrix: base features `(n, f)` of all training rows.
        target: theirs, class indices or values `(n,)`.
        folds: training and validation rows of each.
        alike: whether they are drawn by chance, so that none has rows of another kind.
        task: what is predicted.
        metric: what trials are ranked by.
        tuned: whether labels of two classes will be called by a tuned threshold; see `worth`.
        n_classes: 0 for regression.
        categorical: base features that are codes without an order.
        sources: the columns that base features are made of.
        weights: of the rows `(n,)`.
        monotone: -1, 0 or 1 a base feature, or nothing.
        interactions: groups of base features that may meet. Only the plain recipe keeps such constraints.
        texts: of the training rows, for augmentations that change them, and models that read their terms.
        images: of them, for augmentations that change them.
        dates: where columns of dates stand, for augmentations that move them.
        translator: of texts, for augmentations.
        seed: of all that is drawn.
        ceiling: how large one model may grow.
    """

    matrix: Floats
    target: NDArray[Any]
    folds: Folds
    task: Task
    metric: Metric
    n_classes: int = 0
    categorical: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    weights: Floats | None = None
    monotone: tuple[int, ...] = ()
    interactions: tuple[tuple[int, ...], ...] = ()
    texts: tuple[TextColumn, ...] = ()
    images: tuple[ImageColumn, ...] = ()
    dates: tuple[DateColumn, ...] = ()
    translator: Translator = field(default_factory=in_use)
    seed: int = 0
    alike: bool = True
    tuned: bool = True
    ceiling: Ceiling = field(default_factory=Ceiling)
