"""Whether the augmentations that a request names are there, and are for its task."""

from automl.augment.kinds import KINDS
from automl.augment.text.backtranslation import can_translate
from automl.checks.refusals import refuse_if
from automl.types import Task, TrainRequest


def check_augmentation(request: TrainRequest, task: Task, *, texts: bool) -> None:
    """Raises `InvalidRequest`: `unknown-augmentation`, `augmentation-not-for-task`, `no-text-column`, `no-translator`.

    Args:
        request: of the run.
        task: what is predicted.
        texts: whether a column of texts is learnt from.
    """
    asked = request.augmentation
    if asked in ("auto", "none"):
        return
    names = [] if isinstance(asked, str) else asked
    refuse_if(
        not names or not set(names) <= KINDS.keys(),
        "unknown-augmentation",
        f"'augmentation' must be auto, none or a list of {', '.join(KINDS)}.",
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
    textual = [name for name in names if KINDS[name].texts]
    refuse_if(
        bool(textual) and not texts,
        "no-text-column",
        f"{', '.join(textual)} would change texts, and no column that is learnt from holds any.",
        "augmentation",
    )
    refuse_if(
        "back_translation" in names and not can_translate(),
        "no-translator",
        "back_translation needs Apertium, which is not installed here: apt-get install apertium apertium-eng-spa.",
        "augmentation",
    )
