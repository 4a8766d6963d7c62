"""What each feature adds to an answer: contributions that, with a base, sum to it exactly.

They go through one function after the other by the rescale rule: what went in keeps its proportions, and is multiplied
by the slope of the chord from the base to the answer (Shrikumar, Greenside & Kundaje 2017: Learning important features
through propagating activation differences; Chen, Lundberg & Lee 2022: Explaining a series of models by propagating
Shapley values). Chords of functions that rise are positive, so no contribution changes its sign on the way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial, reduce
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import log_softmax, logsumexp, softmax

from automl.links import linked
from automl.types import Floats

_NOTHING: Final = 1e-9
"""Of the base: less is no chord to measure a slope on, and the tangent takes its place."""
_STEP: Final = 1e-6
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_TINY: Final = 1e-300


@dataclass(frozen=True, slots=True)
class Contributions:
    """Of f features to k outputs for n rows.

    Attributes:
        base: the outputs where nothing is known of a row (k,).
        parts: what each feature adds (n, k, f).
        ends: the outputs (n, k): `base + parts.sum(axis=2)`, but for rounding.
    """

    base: Floats
    parts: Floats
    ends: Floats

    @classmethod
    def summing(cls, base: Floats, parts: Floats) -> Self:
        """Those whose outputs are the sums."""
        return cls(base, parts, base + parts.sum(axis=2))

    def through(self, function: Callable[[Floats], Floats]) -> "Contributions":
        """To `function(outputs)`, which gives (m, k) for (m, k), each column made of that one column alone."""
        before, after = function(self.base[np.newaxis])[0], function(self.ends)
        change = self.parts.sum(axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = (after - before) / change
        flat = np.abs(change) <= _NOTHING * np.abs(self.base)
        if flat.any():
            step = _STEP * np.where(self.base == 0, 1.0, np.abs(self.base))
            slopes = np.where(flat, ((function((self.base + step)[np.newaxis])[0] - before) / step), slopes)
        return Contributions(before, self.parts * slopes[:, :, np.newaxis], after)

    def ending(self, ends: Floats) -> "Contributions":
        """To other outputs (n, k): the difference is shared out by the size of what each feature adds."""
        sizes = np.abs(self.parts) + _TINY
        shares = sizes / sizes.sum(axis=2, keepdims=True)
        return Contributions(self.base, self.parts + (ends - self.ends)[:, :, np.newaxis] * shares, ends)

    def linked(self, most: float | None) -> "Contributions":
        """To the values that scores stand for, as `links.linked` has it."""
        return self if most is None else self.through(partial(linked, most=most))

    def normalised(self) -> "Contributions":
        """From scores to the logarithms of their softmax.

        All scores weigh on each logarithm: as much as their probabilities do on average on the straight way from the
        base to the answer (Aumann & Shapley 1974: Values of non-atomic games), by Gauss and Legendre's quadrature. What
        this misses of the whole is put right by the least change of those weights.
        """
        change = self.ends - self.base
        weighing = sum(
            weight / 2 * softmax(self.base + (1 + node) / 2 * change, axis=1)
            for node, weight in zip(_NODES.tolist(), _WEIGHTS.tolist(), strict=True)
        )
        level = logsumexp(self.ends, axis=1) - logsumexp(self.base)
        even = change - change.mean(axis=1, keepdims=True)
        missed = level - (weighing * change).sum(axis=1)
        weighing = weighing + (missed / np.maximum((even**2).sum(axis=1), _TINY))[:, np.newaxis] * even
        common = np.einsum("nk,nkf->nf", weighing, self.parts)
        parts = self.parts - common[:, np.newaxis]
        return Contributions(log_softmax(self.base), parts, log_softmax(self.ends, axis=1))

    def gathered(self, features: int, owners: NDArray[np.int64], places: NDArray[np.int64], shares: Floats) -> Self:
        """By so many other features, of which `owners[i]` gets the share `shares[i]` of what `places[i]` adds."""
        n, k, width = self.parts.shape
        handed = csr_array((shares, (owners, places)), shape=(features, width))
        parts = (handed @ self.parts.reshape(n * k, width).T).T.reshape(n, k, features)
        return type(self)(self.base, parts, self.ends)

    def times(self, factor: float, more: float = 0.0) -> "Contributions":
        """To a multiple of the outputs, and so much more."""
        return Contributions(factor * self.base + more, factor * self.parts, factor * self.ends + more)

    def as_probabilities(self) -> "Contributions":
        """From scores to their softmax."""
        return self.normalised().through(np.exp)


def mean(found: Iterable[tuple[float, Contributions]]) -> Contributions:
    """The weighted mean of several, whose weights sum to 1."""
    return reduce(added, (each.times(weight) for weight, each in found))


def added(one: Contributions, other: Contributions) -> Contributions:
    """To the sum of two outputs."""
    return Contributions(one.base + other.base, one.parts + other.parts, one.ends + other.ends)


def two_scores(base: float, parts: Floats) -> Contributions:
    """Log-odds of the second of two classes, `parts` (n, f), as scores of both."""
    both = np.zeros((len(parts), 2, parts.shape[1]))
    both[:, 1] = parts
    return Contributions.summing(np.array([0.0, base]), both)
