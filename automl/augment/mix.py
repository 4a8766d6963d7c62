"""What a trial's params say of augmentation, and doing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from automl.augment.kinds import KINDS
from automl.augment.rows import TrainingRows
from automl.clock import go_on
from automl.learners.params import CHOICES, choice
from automl.types import Augmentation, Json

_AND: Final = "+"


@dataclass(frozen=True, slots=True)
class Mix:
    """Augmentations, one after the other.

    Attributes:
        names: of them; none leaves the rows as they are.
        strength: of each, in (0, 1].
    """

    names: tuple[Augmentation, ...] = ()
    strength: float = CHOICES["augmentation_strength"]

    @classmethod
    def of(cls, params: Mapping[str, Json]) -> Self:
        """As params say it, which `check_params` has passed or which say nothing of it."""
        said = choice(params, "augmentation")
        return cls(() if said == "none" else tuple(said.split(_AND)), choice(params, "augmentation_strength"))

    def to_params(self) -> dict[str, Json]:
        """What `of` reads."""
        return {"augmentation": _AND.join(self.names) or "none", "augmentation_strength": self.strength}


PLAIN: Final = Mix()


def augment(rows: TrainingRows, mix: Mix, seed: Sequence[int]) -> TrainingRows:
    """The rows of one fold as a model shall learn from them; the same for the same seed.

    Raises:
        Unfinished: the rows were told to stop.
        TranslationFailed: of back-translation.
    """
    rng = np.random.default_rng(seed)
    for name in mix.names:
        go_on(rows.told_to_stop)
        rows = KINDS[name].apply(rows, mix.strength, rng)
    return rows
