"""A committee of small neural networks: yet another kind of mind beside the trees, smooth where they are jagged."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from automl.archive import dump_json
from automl.halves import pack_halves, unpack_halves
from automl.learners.bins import Bins
from automl.learners.contributions import Contributions, mean
from automl.learners.inputs import Inputs, Singles
from automl.learners.linearmodel import blocks
from automl.learners.scaling import Scaling, integers, table
from automl.links import Scale, read_most
from automl.types import Floats, Json, Task

LEAK: Final = 0.01
"""Slope of a unit that is below 0."""
_MOST_WEIGHTS: Final = 50_000_000
_MOST_NETWORKS: Final = 16
_FIELDS: Final = {"scaling", "gaps", "bins", "networks", "center", "unit"}
_LATER: Final = {"bins", "most"}
"""Fields that not every stored network has."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Weights (a, b) and biases (b,): numbers of half precision, so that a stored network is the same one."""

    weights: Singles
    biases: Singles


Layers = tuple[Layer, ...]
"""A network: each layer takes what the one before gives, through leaky rectified units."""


@dataclass(frozen=True, slots=True)
class Neural:
    """Multilayer perceptrons that answer by their mean. Safe to share between threads.

    Attributes:
        task: what is predicted.
        n_classes: columns of its answers; 0 for regression.
        inputs: what the first layer of each network takes.
        networks: the last layer of each gives one output a class, or one.
        scale: what outputs say of values.
    """

    task: Task
    n_classes: int
    inputs: Inputs
    networks: tuple[Layers, ...]
    scale: Scale

    def predict(self, matrix: Floats) -> Floats:
        """Probabilities (n, n_classes), or values (n,)."""
        widest = max(len(layer.weights) for layers in self.networks for layer in layers)
        return np.concatenate([self._answer(block) for block in blocks(matrix, -(-widest // matrix.shape[1]))])

    def contributions(self, matrix: Floats) -> Contributions:
        """What each feature adds to what `predict` says, from the mean of the training rows on.

        By the rescale rule through the layers, as in `contributions`, in double precision.
        """
        inputs = len(self.networks[0][0].weights) * max(1, self.n_classes)
        found = [self._explain(block) for block in blocks(matrix, -(-inputs // matrix.shape[1]))]
        parts, ends = (np.concatenate([getattr(each, name) for each in found]) for name in ("parts", "ends"))
        return Contributions(found[0].base, parts, ends)

    def _explain(self, matrix: Floats) -> Contributions:
        classes, usual, owners = self.task != "regression", self.inputs.usual(), self.inputs.owners()
        inputs = self._given(matrix).astype(np.float64)
        share = 1 / len(self.networks)
        found = mean((share, _explained(layers, usual, inputs, classes=classes)) for layers in self.networks)
        found = found.gathered(matrix.shape[1], owners, np.arange(len(owners)), np.ones(len(owners)))
        if classes:
            return found
        return found.times(self.scale.unit, self.scale.center).linked(self.scale.most)

    def _answer(self, matrix: Floats) -> Floats:
        inputs = self._given(matrix)
        # Not `mean`, which adds up in another order where there is but one row.
        answer = reduce(np.add, (self._said(layers, inputs) for layers in self.networks)) / len(self.networks)
        return self.scale.values(answer) if self.task == "regression" else answer

    def _given(self, matrix: Floats) -> Singles:
        return self.inputs(self.inputs.scaling.apply(matrix))

    def _said(self, layers: Layers, inputs: Singles) -> Floats:
        signal = inputs[:, np.newaxis]  # a product a row: in one of many rows, BLAS adds up by the row's place
        for place, layer in enumerate(layers):
            signal = (leaky(signal) if place else signal) @ layer.weights + layer.biases
        scores = signal[:, 0].astype(np.float64)
        return scores[:, 0] if self.task == "regression" else softmax(scores)

    def to_text(self) -> str:
        """JSON, in a bundle's spelling; weights are little-endian half precision in base 64."""
        numbers = {"gaps": self.inputs.gaps.tolist(), "center": self.scale.center, "unit": self.scale.unit}
        learnt = {"bins": self.inputs.bins.to_json(), "scaling": self.inputs.scaling.to_json()}
        most = {"most": self.scale.most} if self.scale.is_log else {}
        networks = [[_to_json(layer) for layer in layers] for layers in self.networks]
        return dump_json({**numbers, **most, **learnt, "networks": networks}).decode()

    @classmethod
    def from_json(cls, document: Json, *, task: Task, n_classes: int, n_features: int) -> Self:
        """Raises `ValueError` for what `to_text` cannot have written for such a task and so many features."""
        whole = isinstance(document, dict) and document.keys() | _LATER == _FIELDS | _LATER
        if not whole or not isinstance(document["scaling"], dict):
            raise ValueError("it does not have the parts of a neural network")
        scaling, gaps = Scaling.from_json(document["scaling"], n_features), integers(document["gaps"])
        if not np.all(np.diff(gaps, prepend=-1, append=len(scaling.numeric)) > 0):
            raise ValueError("its gaps are not numbers of the table")
        entries = document["networks"]
        if not isinstance(entries, list) or not 0 < len(entries) <= _MOST_NETWORKS:
            raise ValueError("it must have some networks, and not too many")
        bins = Bins.from_json(document["bins"], len(scaling.numeric)) if "bins" in document else Bins.none()
        inputs = Inputs(scaling, gaps, bins)
        ends = len(inputs), max(1, n_classes)
        networks = tuple(_layers(entry, ends) for entry in entries)
        center, unit = (float(table(document[name], ())) for name in ("center", "unit"))
        return cls(task, n_classes, inputs, networks, Scale(center, unit, read_most(document, task)))


def _explained(layers: Layers, usual: Floats, inputs: Floats, *, classes: bool) -> Contributions:
    """Of each input (n, i) to one network's probabilities or value, from the `usual` ones (i,) on."""
    chords: list[Floats] = []
    base, ends = usual[np.newaxis], inputs
    for place, layer in enumerate(layers):
        if place:
            passed, usually = np.maximum(ends, LEAK * ends), np.maximum(base, LEAK * base)
            rise = ends - base
            slope = (passed - usually) / np.where(rise == 0, 1.0, rise)
            chords.append(np.where(rise == 0, np.where(ends > 0, 1.0, LEAK), slope))
            base, ends = usually, passed
        weights = layer.weights.astype(np.float64)
        base, ends = (np.einsum("nw,wh->nh", signal, weights) + layer.biases for signal in (base, ends))
    slopes = layers[-1].weights.T.astype(np.float64)[np.newaxis]  # of each score in what the last layer takes
    for layer, chord in zip(reversed(layers[:-1]), reversed(chords), strict=True):
        slopes = (slopes * chord[:, np.newaxis]) @ layer.weights.T.astype(np.float64)
    scores = Contributions(base[0], slopes * (inputs - usual)[:, np.newaxis], ends)
    return scores.as_probabilities() if classes else scores


def leaky(signal: Singles) -> Singles:
    """What units pass on."""
    return np.asarray(np.maximum(signal, np.float32(LEAK) * signal))


def softmax(scores: NDArray[np.floating]) -> NDArray[Any]:
    """Probabilities along the last axis, in the precision of the scores."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def _to_json(layer: Layer) -> Json:
    return {
        "shape": list(layer.weights.shape),
        "weights": pack_halves(layer.weights),
        "biases": pack_halves(layer.biases),
    }


def _layers(entries: Json, ends: tuple[int, int]) -> Layers:
    if not isinstance(entries, list) or not entries:
        raise ValueError("a network has no layers")
    layers = tuple(map(_layer, entries))
    wide = [len(layer.weights) for layer in layers]
    narrow = [len(layer.biases) for layer in layers]
    if [ends[0], *narrow] != [*wide, ends[1]]:
        raise ValueError("layers do not fit each other, or the table")
    return layers


def _layer(entry: Json) -> Layer:
    if not isinstance(entry, dict) or entry.keys() != {"shape", "weights", "biases"}:
        raise ValueError("a layer does not have its parts")
    shape = integers(entry["shape"])
    if len(shape) != 2 or not np.all(shape > 0) or int(shape[0]) * int(shape[1]) > _MOST_WEIGHTS:  # noqa: PLR2004
        raise ValueError("a layer does not have the shape of one")
    wide, narrow = map(int, shape)
    return Layer(_unpacked(entry["weights"], (wide, narrow)), _unpacked(entry["biases"], (narrow,)))


def _unpacked(text: Json, shape: Sequence[int]) -> Singles:
    return np.asarray(unpack_halves(text, shape).astype(np.float32))
