"""Hyperopt's space and trials as arrays, for algorithms of our own that keep hyperopt's signature.

Hyperopt evaluates its space as a graph, node by node, which costs more than all the arithmetic of a proposal.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from hyperopt import Trials
from hyperopt.base import Domain
from numpy.typing import NDArray

from automl.types import Floats

_LOGARITHMIC: Final = ("loguniform", "qloguniform")


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter of a flat space.

    Attributes:
        label: hyperopt's name for it.
        low: lower end, of the logarithm where it is logarithmic.
        high: upper end likewise.
        log: whether it is logarithmic.
        whole: whether its values are whole.
        options: how many, of a choice; 0 for a number.
    """

    label: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    whole: bool = False
    options: int = 0

    def to_point(self, vals: Floats) -> Floats:
        """Numbers from 0 to 1, choices as they are."""
        if self.options:
            return vals
        return np.clip(((np.log(vals) if self.log else vals) - self.low) / (self.high - self.low), 0.0, 1.0)

    def to_val(self, point: float) -> float | int:
        """The inverse, as hyperopt would give it."""
        if self.options:
            return int(point)
        inner = self.low + point * (self.high - self.low)
        val = float(np.exp(inner)) if self.log else inner
        return float(round(val)) if self.whole else val


@dataclass(frozen=True, slots=True)
class Seen:
    """The trials of a space.

    Attributes:
        axes: of the space, by name.
        points: `(trials, axes)`, each from 0 to 1, or the index of an option.
        losses: `(trials,)`, infinite for those that failed or still run.
        costs: `(trials,)`, NaN where a trial's document does not say it.
        ids: hyperopt's `tid` of each.
    """

    axes: tuple[Axis, ...]
    points: Floats
    losses: Floats
    costs: Floats
    ids: NDArray[np.int64]

    @property
    def options(self) -> NDArray[np.int64]:
        """How many each axis has, 0 for numbers."""
        return np.array([axis.options for axis in self.axes])


def read(domain: Domain, trials: Trials) -> Seen:
    """A flat space of uniform, log-uniform, whole log-uniform numbers and choices, and what was tried in it."""
    axes = tuple(_axis(label, node) for label, node in sorted(domain.params.items()))
    documents = trials.trials
    vals = np.array([[document["misc"]["vals"][axis.label][0] for axis in axes] for document in documents], dtype=float)
    losses = [document["result"].get("loss") for document in documents]
    return Seen(
        axes,
        np.column_stack([axis.to_point(vals[:, i]) for i, axis in enumerate(axes)]) if documents else vals,
        np.array([np.inf if loss is None else loss for loss in losses]),
        np.array([document["result"].get("cost", np.nan) for document in documents], dtype=float),
        np.array([document["tid"] for document in documents], dtype=np.int64),
    )


def draw(options: NDArray[np.int64], rng: np.random.Generator) -> Floats:
    """A point at random `(axes,)`."""
    uniform = rng.random(len(options))
    return np.where(options > 0, np.floor(uniform * options), uniform)


def answer(domain: Domain, trials: Trials, new_id: int, seen: Seen, point: Floats, **said: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """A proposal as hyperopt's algorithms return it; what else is `said` stands in the document's `misc`."""
    vals = {axis.label: [axis.to_val(float(x))] for axis, x in zip(seen.axes, point, strict=True)}
    misc = {"tid": new_id, "cmd": domain.cmd, "workdir": domain.workdir, "vals": vals, **said}
    misc["idxs"] = {label: [new_id] for label in vals}
    documents: list[dict[str, Any]] = trials.new_trial_docs([new_id], [None], [domain.new_result()], [misc])
    return documents


def _axis(label: str, node: Any) -> Axis:  # noqa: ANN401 - hyperopt is untyped
    if node.name == "randint":
        return Axis(label, options=int(node.arg["low"].obj))
    log = node.name in _LOGARITHMIC
    return Axis(label, node.arg["low"].obj, node.arg["high"].obj, log, node.name == "qloguniform")
