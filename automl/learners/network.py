"""Layers that learn: backpropagation by hand, for networks so small that a library would cost more than it saves."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from automl.halves import halved
from automl.learners.neuralmodel import LEAK, Layer, Singles, leaky

_DECAY: Final = 0.01
_MEAN, _SQUARE = np.float32(0.9), np.float32(0.99)
_TINY: Final = np.float32(1e-8)
_NOTHING: Final = np.float32(1e-30)
"""What is smaller becomes 0: processors take a hundred times as long for numbers near the end of their range."""


class Network:
    """A multilayer perceptron and the moments of its gradients.

    All weights, then all biases, lie one after the other in one array, so that a step is a few operations on that.

    Args:
        widths: of the inputs, of each hidden layer, of the outputs.
        active: how many of the inputs are not 0 at a time, about.
        rng: draws the first weights, and the units that are left out.
    """

    def __init__(self, widths: Sequence[int], active: int, rng: np.random.Generator) -> None:
        self._rng = rng
        self._shapes = [*pairwise(widths), *((width,) for width in widths[1:])]
        self._depth = len(widths) - 1
        self._all = np.zeros(sum(int(np.prod(shape)) for shape in self._shapes), dtype=np.float32)
        self._parts, self._slopes = self._views(self._all), np.zeros_like(self._all)
        self._mean, self._square = np.zeros_like(self._all), np.zeros_like(self._all)
        self._decaying = sum(part.size for part in self._parts[: self._depth])
        self._steps = 0
        # The last layer begins at 0, so that the first answer is the mean one.
        for weights, fan in zip(self._parts[: self._depth - 1], [max(1, active), *widths[1:-2]], strict=True):
            # As He et al. have it (2015: Delving deep into rectifiers).
            weights[:] = rng.standard_normal(weights.shape, dtype=np.float32) * np.float32(np.sqrt(2 / fan))

    def layers(self) -> tuple[Layer, ...]:
        """As they are now, rounded to be stored."""
        parts = [halved(part).astype(np.float32) for part in self._parts]
        return tuple(map(Layer, parts[: self._depth], parts[self._depth :]))

    def answer(self, inputs: Singles) -> Singles:
        """Scores for inputs (n, widths[0]): `(n, widths[-1])`."""
        return self._signals(inputs, 0.0)[-1]

    def learn(self, inputs: Singles, pull: Callable[[Singles], Singles], *, rate: float, dropout: float) -> None:
        """One step of AdamW (Loshchilov & Hutter 2019) with dropout (Srivastava et al. 2014).

        Args:
            inputs: of a batch (n, widths[0]).
            pull: from scores to the gradient of the loss in them.
            rate: of this step.
            dropout: share of the hidden units that are left out.
        """
        signals = self._signals(inputs, dropout)
        slopes, slope = self._views(self._slopes), pull(signals[-1])
        for place in range(self._depth - 1, -1, -1):
            np.matmul(signals[place].T, slope, out=slopes[place])
            slope.sum(axis=0, out=slopes[self._depth + place])
            if place:
                # A unit that was left out passed on 0, one below 0 a little: both are told by what it passed on.
                passed = signals[place]
                steep = np.where(passed > 0, np.float32(1), np.float32(LEAK)) * (passed != 0)
                slope = slope @ self._parts[place].T * steep / np.float32(1 - dropout)
        self._move(rate)

    def _signals(self, inputs: Singles, dropout: float) -> list[Singles]:
        """What each layer is given, and at last the scores."""
        signals = [inputs]
        for place in range(self._depth):
            scores = signals[-1] @ self._parts[place] + self._parts[self._depth + place]
            signals.append(scores if place == self._depth - 1 else self._thinned(leaky(scores), dropout))
        return signals

    def _thinned(self, signal: Singles, dropout: float) -> Singles:
        if not dropout:
            return signal
        kept = self._rng.random(signal.shape, dtype=np.float32) >= dropout
        return np.asarray(signal * kept / np.float32(1 - dropout))

    def _move(self, rate: float) -> None:
        self._steps += 1
        self._mean *= _MEAN
        self._mean += (1 - _MEAN) * self._slopes
        self._mean[np.abs(self._mean) < _NOTHING] = 0
        self._square *= _SQUARE
        self._square += (1 - _SQUARE) * self._slopes**2
        self._square[self._square < _NOTHING] = 0
        self._all[: self._decaying] *= np.float32(1 - rate * _DECAY)
        size = np.float32(rate * np.sqrt(1 - _SQUARE**self._steps) / (1 - _MEAN**self._steps))
        self._all -= size * self._mean / (np.sqrt(self._square) + _TINY)

    def _views(self, flat: Singles) -> list[Singles]:
        """Weights of all layers, then biases of all."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self._shapes])
        parts = np.split(flat, ends[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, self._shapes, strict=True)]
