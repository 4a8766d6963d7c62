"""Layers that learn: backpropagation by hand, for networks so small that a library would cost more than it saves."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from automl.halves import halved
from automl.learners.inputs import Singles
from automl.learners.neuralmodel import LEAK, Layer, Layers

_DECAY: Final = 0.01
_MEAN, _SQUARE = np.float32(0.9), np.float32(0.99)
_TINY: Final = np.float32(1e-8)
_NOTHING: Final = np.float32(1e-30)
"""What is smaller becomes 0: processors take a hundred times as long for numbers near the end of their range."""
_SWEEP: Final = 64
"""Steps in which no moment falls from there to that end."""


class Networks:
    """Multilayer perceptrons of one shape that learn side by side, and the moments of their gradients.

    Python takes longer to ask for a step than numpy to make it, so one step is made of all of them. The weights of
    each, then its biases, lie in one row of an array, so that a step is a few operations on that.

    Args:
        count: networks.
        widths: of the inputs, of each hidden layer, of the outputs.
        active: how many of the inputs are not 0 at a time, about.
        rng: draws the first weights, and the units that are left out.
    """

    def __init__(self, count: int, widths: Sequence[int], active: int, rng: np.random.Generator) -> None:
        self._rng = rng
        self._shapes = [*pairwise(widths), *((1, width) for width in widths[1:])]
        self._depth = len(widths) - 1
        self._all = np.zeros((count, sum(int(np.prod(shape)) for shape in self._shapes)), dtype=np.float32)
        self._slopes, self._mean, self._square, self._spare = (np.zeros_like(self._all) for _ in range(4))
        self._parts, self._grads = self._views(self._all), self._views(self._slopes)
        self._decaying = sum(part[0].size for part in self._parts[: self._depth])
        self._steps = 0
        # The last layer begins at 0, so that the first answer is the mean one.
        for weights, fan in zip(self._parts[: self._depth - 1], [max(1, active), *widths[1:-2]], strict=True):
            # As He et al. have it (2015: Delving deep into rectifiers).
            weights[:] = rng.standard_normal(weights.shape, dtype=np.float32) * np.float32(np.sqrt(2 / fan))

    def layers(self, number: int) -> Layers:
        """Of one network as they are now, rounded to be stored."""
        parts = [halved(part[number]).astype(np.float32) for part in self._parts]
        return tuple(
            Layer(weights, biases[0])
            for weights, biases in zip(parts[: self._depth], parts[self._depth :], strict=True)
        )

    def answer(self, inputs: Singles) -> Singles:
        """Scores of all networks for the same inputs (n, widths[0]): `(count, n, widths[-1])`."""
        return self._signals(inputs[np.newaxis], 0.0)[0][-1]

    def learn(self, inputs: Singles, pull: Callable[[Singles], Singles], *, rate: float, dropout: float) -> None:
        """One step of AdamW (Loshchilov & Hutter 2019) with dropout (Srivastava et al. 2014).

        Args:
            inputs: of a batch for each network (count, n, widths[0]).
            pull: from scores (count, n, widths[-1]) to the gradient of the loss in them.
            rate: of this step.
            dropout: share of the hidden units that are left out.
        """
        signals, gains = self._signals(inputs, dropout)
        slope = pull(signals[-1])
        for place in range(self._depth - 1, -1, -1):
            np.matmul(signals[place].swapaxes(1, 2), slope, out=self._grads[place])
            slope.sum(axis=1, keepdims=True, out=self._grads[self._depth + place])
            if place:
                slope = slope @ self._parts[place].swapaxes(1, 2)
                slope *= gains[place - 1]
        self._move(rate)

    def _signals(self, inputs: Singles, dropout: float) -> tuple[list[Singles], list[Singles]]:
        """What each layer is given, and at last the scores; and by how much each hidden unit passes on what it gets."""
        signals, gains = [inputs], list[Singles]()
        for place in range(self._depth):
            scores = signals[-1] @ self._parts[place]
            scores += self._parts[self._depth + place]
            if place < self._depth - 1:
                gains.append(self._gains(scores, dropout))
                scores *= gains[-1]
            signals.append(scores)
        return signals, gains

    def _gains(self, scores: Singles, dropout: float) -> Singles:
        gains = (scores > 0).astype(np.float32)
        gains *= np.float32(1 - LEAK)  # three times as fast as `np.where`
        gains += np.float32(LEAK)
        if dropout:
            gains *= self._rng.random(scores.shape, dtype=np.float32) >= np.float32(dropout)
            gains *= np.float32(1 / (1 - dropout))
        return gains

    def _move(self, rate: float) -> None:
        spare = self._spare
        self._steps += 1
        np.subtract(self._slopes, self._mean, out=spare)
        spare *= 1 - _MEAN
        self._mean += spare
        np.square(self._slopes, out=spare)
        spare -= self._square
        spare *= 1 - _SQUARE
        self._square += spare
        if self._steps % _SWEEP == 0:
            self._mean[np.abs(self._mean) < _NOTHING] = 0
            self._square[self._square < _NOTHING] = 0
        self._all[:, : self._decaying] *= np.float32(1 - rate * _DECAY)
        np.sqrt(self._square, out=spare)
        spare += _TINY
        np.divide(self._mean, spare, out=spare)
        spare *= np.float32(rate * np.sqrt(1 - _SQUARE**self._steps) / (1 - _MEAN**self._steps))
        self._all -= spare

    def _views(self, flat: Singles) -> list[Singles]:
        """Weights of all layers, then biases of all, each `(count, …)`."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self._shapes])
        parts = np.split(flat, ends[:-1], axis=1)
        return [part.reshape(len(flat), *shape) for part, shape in zip(parts, self._shapes, strict=True)]
