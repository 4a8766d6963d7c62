"""The augmentations that there are, and for which tables each is worth a try."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from automl.augment.balance import class_weights, random_over, random_under
from automl.augment.images.edits import cropped, lit, rotated
from automl.augment.images.rows import edited as edited_images
from automl.augment.images.rows import flip
from automl.augment.mixing import column_swap, mixup
from automl.augment.noise import noise
from automl.augment.rare import rare_targets
from automl.augment.rows import TrainingRows
from automl.augment.synthetic import adasyn, borderline_smote, smote
from automl.augment.text.backtranslation import back_translation
from automl.augment.text.edits import synonym_replacement, typos, word_deletion, word_insertion, word_swap
from automl.augment.text.rows import Edit, edited
from automl.types import Augmentation, Task

Apply = Callable[[TrainingRows, float, np.random.Generator], TrainingRows]
"""From rows, a strength in (0, 1] and a source of chance to the rows to learn from."""

_EVEN: Final = 0.5
"""Classes are of one size when the rarest has more than so many times the rows of the commonest."""
_CLASSES: Final[tuple[Task, ...]] = ("binary", "multiclass")


@dataclass(frozen=True, slots=True)
class Kind:
    """One augmentation.

    Attributes:
        apply: does it.
        tasks: that it is for.
        balances: whether it only makes classes more even, and so has nothing to do where they are.
        texts: whether it changes texts, and so has nothing to do where there are none.
        images: whether it changes images, alike.
        mixes: whether its rows are mixtures of features; texts cannot be, and would stand beside the mixed target.
        by_name: whether it is only done when it is asked for: it needs what may not be installed, and takes long.
    """

    apply: Apply
    tasks: tuple[Task, ...] = _CLASSES
    balances: bool = True
    texts: bool = False
    images: bool = False
    mixes: bool = False
    by_name: bool = False


def _on_texts(edit: Edit) -> Kind:
    return Kind(partial(edited, edit), (*_CLASSES, "regression"), balances=False, texts=True)


def _on_images(apply: Apply) -> Kind:
    return Kind(apply, (*_CLASSES, "regression"), balances=False, images=True)


KINDS: Final[Mapping[Augmentation, Kind]] = {
    "class_weights": Kind(class_weights),
    "smote": Kind(smote),
    "flip": _on_images(flip),
    "crop": _on_images(partial(edited_images, cropped)),
    "rotate": _on_images(partial(edited_images, rotated)),
    "brightness": _on_images(partial(edited_images, lit)),
    "synonyms": _on_texts(synonym_replacement),
    "word_deletion": _on_texts(word_deletion),
    "random_over": Kind(random_over),
    "rare_targets": Kind(rare_targets, ("regression",), balances=False),
    "mixup": Kind(mixup, (*_CLASSES, "regression"), balances=False, mixes=True),
    "noise": Kind(noise, (*_CLASSES, "regression"), balances=False),
    "column_swap": Kind(column_swap, (*_CLASSES, "regression"), balances=False),
    "random_under": Kind(random_under),
    "borderline_smote": Kind(borderline_smote),
    "adasyn": Kind(adasyn),
    "typos": _on_texts(typos),
    "word_swap": _on_texts(word_swap),
    "word_insertion": _on_texts(word_insertion),
    "back_translation": Kind(back_translation, (*_CLASSES, "regression"), balances=False, texts=True, by_name=True),
}
"""In the order in which they are tried: for uneven classes first, then what is made for images and texts."""


def kinds_for(
    task: Task, class_counts: Sequence[int], *, texts: bool = False, images: bool = False
) -> tuple[Augmentation, ...]:
    """Those that may help.

    Args:
        task: what is predicted.
        class_counts: training rows of each class; empty for regression.
        texts: whether any column is of texts.
        images: whether any column is of images.
    """
    even = not class_counts or min(class_counts) > _EVEN * max(class_counts)
    return tuple(
        name
        for name, kind in KINDS.items()
        if task in kind.tasks
        and not (even and kind.balances)
        and not (kind.mixes if texts else kind.texts)
        and (images or not kind.images)
        and not kind.by_name
    )
