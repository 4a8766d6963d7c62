"""What a request lets the final model cost, and what there is of that for its models."""

import math
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from numpy.typing import NDArray

from automl.archive import dump_json
from automl.features.images import SECONDS_AN_IMAGE
from automl.features.texts import mean_letters
from automl.search import Ceiling, Views
from automl.selection.cost import BYTES_A_LEAF, GROWTH, MS_A_LETTER, MS_A_MODEL, MS_A_TEXT, MS_A_TREE, Cost, packed
from automl.stages import Features
from automl.types import TrainRequest

MEGABYTE: Final = 1e6

MODELS_MS: Final = 3.0
"""What the models may take of a row where nothing is asked."""

_MS, _MS_A_COLUMN = 0.01, 0.0015
"""To check, encode and answer a row, without its models; measured like `cost.MS_A_TREE`."""

_CAUTION: Final = 2.0
"""Times as long may each tree of a model take, where they are too many for the processor's caches."""

_MARGIN: Final = 0.9
"""Of what is asked for: no two measurements are alike, and a refit boosts some rounds more."""

_MOST_BYTES: Final = 128e6
"""Of any bundle: it unpacks to about three times as much, and none is loaded that unpacks to more than 512 MiB."""

_LEAST_BYTES: Final = 16e6
"""For the models of a bundle whose encoders alone are nearly as large as that."""

_FEWEST_LEAVES, _FEWEST_TREES = 200.0, 50.0
"""A model of fewer is worth next to nothing, so where not even that is allowed, it is not held to it."""

_BYTES, _BYTES_A_VALUE, _BYTES_AN_OUTPUT, _BYTES_A_LETTER = 4_000, 2.0, 9.0, 0.5
"""Packed: a manifest and zip's own; of a golden row each value, each output, whose digits are all different, and each
letter of texts."""
_GOLDEN_ROWS: Final = 64


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a predictor may cost.

    Attributes:
        ms: milliseconds for a row.
        bytes: of its bundle.
        base: what it costs before it has any model.
        speed: times the milliseconds foreseen are those measured on this machine.
    """

    ms: float
    bytes: float
    base: Cost
    speed: float = 1.0

    @classmethod
    def of(cls, request: TrainRequest, features: Features) -> Self:
        """As a request sets them, for such rows and classes."""
        width, outputs = len(features.encoder.columns), max(1, features.views.material.n_classes)
        letters = [mean_letters(column.values) for column in features.views.material.texts]
        images = features.views.material.images
        golden = _GOLDEN_ROWS * (
            width * _BYTES_A_VALUE
            + outputs * _BYTES_AN_OUTPUT
            + _BYTES_A_LETTER * sum(letters)
            + sum(_mean_bytes(column.values) for column in images)
        )
        encoders = packed(dump_json(features.encoder.to_json()).decode())
        # The manifest has the columns once more, with a row.
        columns = (
            packed(dump_json([column.name for column in features.encoder.columns]).decode()) if letters else encoders
        )
        texts = MS_A_TEXT * len(letters) + MS_A_LETTER * sum(letters)
        seen = 1000 * SECONDS_AN_IMAGE * len(images)
        base = Cost(_MS + _MS_A_COLUMN * width + texts + seen, _BYTES + golden + encoders + columns)
        ms = base.ms + MODELS_MS if request.max_predict_ms is None else _MARGIN * request.max_predict_ms
        asked = math.inf if request.max_bundle_mb is None else _MARGIN * request.max_bundle_mb * MEGABYTE
        return cls(ms, min(asked, max(_MOST_BYTES, base.bytes + _LEAST_BYTES)), base)

    def total(self, models: Cost) -> Cost:
        """What a predictor with such models costs."""
        return Cost(self.speed * (self.base.ms + models.ms), self.base.bytes + models.bytes)

    def excess(self, models: Cost) -> float:
        """How many times too much such models cost; up to 1 is allowed."""
        total = self.total(models)
        return max(total.ms / self.ms, total.bytes / self.bytes)

    def corrected(self, foreseen: float, measured: float) -> Self:
        """The same on a machine that took so many milliseconds for what was foreseen."""
        return replace(self, speed=self.speed * measured / foreseen)

    def ceiling(self) -> Ceiling:
        """How large a single model may be that is to be allowed."""
        ms, size = self.ms - self.base.ms - MS_A_MODEL["boosted"], self.bytes - self.base.bytes
        leaves, trees = size / GROWTH / BYTES_A_LEAF, ms / _CAUTION / MS_A_TREE
        return Ceiling(max(_FEWEST_LEAVES, leaves), max(_FEWEST_TREES, trees))


def held(features: Features, request: TrainRequest) -> Features:
    """The features, for trials that do not grow beyond what the request allows."""
    ceiling = Limits.of(request, features).ceiling()
    return replace(features, views=Views(replace(features.views.material, ceiling=ceiling), features.views.at_once))


def _mean_bytes(values: NDArray[Any]) -> float:
    """Of an image, none for one that is missing."""
    return sum(len(image) for image in values if image is not None) / len(values)
