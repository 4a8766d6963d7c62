"""Whether the augmentations that a request names are there, and are for its task."""

from typing import Final

from automl.augment.kinds import KINDS
from automl.augment.text.translators import in_use
from automl.checks.refusals import refuse_if
from automl.types import Task, TrainRequest

_WEAKEST: Final = 0.01


def check_augmentation(request: TrainRequest, task: Task, *, texts: bool, images: bool = False) -> None:
    """Refuse what is unknown here, or has nothing to work on.

    Args:
        request: of the run.
        task: what is predicted.
        texts: whether a column of texts is learnt from.
        images: whether one of images is.

    Raises:
        InvalidRequest: `out-of-range`, `unknown-augmentation`, `repeated-augmentation`,
            `augmentation-not-for-task`, `no-text-column`, `no-image-column`, `no-translator`.
    """
    asked, strength = request.augmentation, request.augmentation_strength
    refuse_if(
        strength is not None and (isinstance(asked, str) or not _WEAKEST <= strength <= 1),
        "out-of-range",
        f"'augmentation_strength' must be {_WEAKEST} to 1 where 'augmentation' names some; leave it out otherwise.",
        "augmentation_strength",
    )
    if asked in ("auto", "none"):
        return
    names = [] if isinstance(asked, str) else asked
    refuse_if(
        not names or not set(names) <= KINDS.keys(),
        "unknown-augmentation",
        f"'augmentation' must be auto, none or a list of {', '.join(KINDS)}.",
        "augmentation",
    )
    repeated = sorted({name for name in names if names.count(name) > 1})
    refuse_if(
        bool(repeated),
        "repeated-augmentation",
        f"'augmentation' names {', '.join(repeated)} more than once: name each once, and set 'augmentation_strength'.",
        "augmentation",
    )
    wrong = [name for name in names if task not in KINDS[name].tasks]
    fitting = [name for name, kind in KINDS.items() if task in kind.tasks]
    refuse_if(
        bool(wrong),
        "augmentation-not-for-task",
        f"{', '.join(wrong)} cannot augment the rows of a {task} task; {', '.join(fitting)} can.",
        "augmentation",
    )
    for code, held, changed, changing in (
        ("no-text-column", texts, "texts", [name for name in names if KINDS[name].texts]),
        ("no-image-column", images, "images", [name for name in names if KINDS[name].images]),
    ):
        refuse_if(
            bool(changing) and not held,
            code,
            f"{', '.join(changing)} would change {changed}, and no column that is learnt from holds any.",
            "augmentation",
        )
    missing = in_use().missing() if "back_translation" in names else None
    refuse_if(missing is not None, "no-translator", f"back_translation needs {missing}.", "augmentation")
