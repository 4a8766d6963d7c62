"""How large one model may grow, where what a prediction may take, or a bundle, is limited.

A search among models that would be too large finds nothing that can be cut down well: cut to a tenth of its trees, the
best of them is worse than one that learnt in large steps. So the trials themselves are held.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from automl.spaces.space import Dimension, Space
from automl.types import Json, Task

_FEWEST_TREES: Final = 20
"""Trees of one output that shall fit, whatever their size."""
_SMALLEST: Final = 3
"""Leaves of the smallest trees."""
_SMALL_TREES: Final = 100
"""Where no more fit, each must learn faster."""
_RECIPE_LEAVES, _RECIPE_TREES = 2_000, 20_000
"""What a model has to be allowed to have columns of a recipe too."""
_FAST: Final = 0.5
"""The highest learning rate then."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that one model may have.

    Attributes:
        leaves: in all of its trees.
        trees: of all outputs.
    """

    leaves: float = math.inf
    trees: float = math.inf

    def rounds(self, params: Mapping[str, Json], rows: int, outputs: int) -> float:
        """The most rounds of boosting, 1 at least, in trees of `rows` with a tree for each of `outputs`."""
        most = rows // max(1, params.get("min_data_in_leaf", 20))
        leaves: float = max(1, min(params.get("num_leaves", 31), most))
        return max(1.0, min(self.leaves / leaves, self.trees) / outputs)

    def hold(self, space: Space, outputs: int) -> Space:
        """The space without trees of which hardly any would fit, and with larger steps where there are only few.

        Recipes go first: their columns cost as much as thousands of trees.
        """
        leaves, rate = space.get("num_leaves"), space.get("learning_rate")
        fitting = self.leaves / outputs / _FEWEST_TREES
        if leaves is None:
            return space
        if fitting < leaves.high:
            low = min(leaves.low, max(_SMALLEST, math.floor(fitting) - 1))
            high = max(low + 1, math.floor(fitting))
            leaves = replace(leaves, low=low, high=high, default=min(high, leaves.default))
        spared = {"recipe"} if self.leaves < _RECIPE_LEAVES or self.trees < _RECIPE_TREES else set()
        held = {name: each for name, each in {**space, "num_leaves": leaves}.items() if name not in spared}
        if rate and min(self.leaves / leaves.high, self.trees) / outputs < _SMALL_TREES:
            held["learning_rate"] = replace(rate, high=max(rate.high, _FAST))
        if spared and "text" in held:  # without any of it a model of texts would be worth nothing
            held["text"] = Dimension.choice(["ratios"], "ratios")
        return held


def outputs_of(task: Task, n_classes: int) -> int:
    """Trees that LightGBM makes in a round."""
    return n_classes if task == "multiclass" else 1
