"""Why an augmentation has nothing to show."""

from collections.abc import Mapping, Sequence
from typing import Final

from automl.reporting.turns import MOST_LETTERS
from automl.types import Augmentation

NO_ROWS: Final = f"No row was looked at: in each, texts have more than {MOST_LETTERS:,} letters."
NOT_SHOWN: Final = (
    "What was changed of these rows is not shown: counts, terms and other features that models see of texts and images."
)
_UNEVEN: Final = "classes of clearly different sizes"
_MINGLED: Final = f"{_UNEVEN}, and rows of the rarer ones that differ from each other and are near to others"
_NEEDS: Final[Mapping[Augmentation, str]] = {
    "class_weights": _UNEVEN,
    "random_over": _UNEVEN,
    "random_under": _UNEVEN,
    "smote": f"{_UNEVEN}, and rows of the rarer ones that differ from each other",
    "borderline_smote": _MINGLED,
    "adasyn": _MINGLED,
    "rare_targets": "targets that are rarer than others",
    "mixup": "rows that differ from each other",
    "noise": "columns of numbers",
    "column_swap": "columns, besides texts and images, in which rows of a class, or of nearly one target, differ",
    "synonyms": "English words that have synonyms",
    "word_insertion": "English words that have synonyms",
    "word_swap": "texts of two words and more",
    "word_deletion": "texts of two words and more",
    "typos": "words of four letters and more",
    "back_translation": "English texts that a translation to and fro puts otherwise",
    "flip": "images that differ from their mirror image",
    "crop": "images that show something",
    "rotate": "images that show something",
    "brightness": "images that show something",
}


def why_unchanged(names: Sequence[Augmentation], *, rows: int, copies: int) -> str:
    """What is said where no row was changed.

    Args:
        names: of the augmentations.
        rows: that were looked at.
        copies: rows that there are more than these, each equal to the one that it was made from.
    """
    needs = "; ".join(f"{name!r} needs {_NEEDS[name]}" for name in dict.fromkeys(names))
    counts = f"Rows looked at: {rows:,}." + (f" Copies added that equal their originals: {copies:,}." if copies else "")
    return f"No row could be changed by {' and '.join(map(repr, names))}: {needs}. {counts}"
