"""The body of `POST /v1/runs` as the engine understands it: the same to check it, to train by it, and to resume it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import reduce
from typing import Final

from automl.errors import Fault, InvalidRequest
from automl.types import Criterion, Json, TrainRequest

_PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "target": ("target",),
    "task": ("task",),
    "metric": ("metric",),
    "positive": ("positive",),
    "class_order": ("class_order",),
    "timeout_s": ("budget", "timeout_s"),
    "max_trials": ("budget", "max_trials"),
    "algorithm": ("search", "algorithm"),
    "split": ("split", "kind"),
    "split_column": ("split", "column"),
    "gap": ("split", "gap"),
    "holdout": ("split", "holdout"),
    "folds": ("split", "folds"),
    "repeats": ("split", "repeats"),
    "weights": ("weights",),
    "ignore": ("ignore",),
    "params": ("constraints", "params"),
    "ranges": ("constraints", "ranges"),
    "monotone": ("constraints", "monotone"),
    "interactions": ("constraints", "interactions"),
    "families": ("constraints", "families"),
    "augmentation": ("augmentation",),
    "augmentation_strength": ("augmentation_strength",),
    "decision": ("decision",),
    "calibration": ("calibration",),
    "slices": ("slices",),
    "ensemble": ("ensemble",),
    "max_predict_ms": ("max_predict_ms",),
    "max_bundle_mb": ("max_bundle_mb",),
    "refit": ("refit",),
    "seed": ("seed",),
}
"""Where each field of the engine's request stands in the contract's."""

_MISSING: Final = object()


def train_request(request: Mapping[str, Json]) -> TrainRequest:
    """The engine's own form of a request with every default filled in.

    What a run that was queued before there was such a choice does not say is as it was then: no refit, no augmentation,
    no calibration, and else the engine's defaults.
    """
    found: dict[str, Json] = {field: reduce(_inside, path, request) for field, path in _PLACES.items()}
    said: dict[str, Json] = {
        field: tuple(value) if isinstance(value, list) else value
        for field, value in found.items()
        if value is not _MISSING
    }
    if said.get("decision"):
        said["decision"] = criterion(said["decision"])
    return TrainRequest(**{"refit": False, "augmentation": "none", "calibration": "none", **said})


def criterion(document: Mapping[str, Json]) -> Criterion:
    """What decisions shall be tuned for, from the contract's form."""
    return Criterion(document["by"], document.get("at_least", document.get("at_most")), document.get("costs"))


def placed(fault: Fault) -> Fault:
    """The fault with the place that its field has in the contract."""
    if fault.field is None:
        return fault
    field, *inside = fault.field
    return replace(fault, field=(*_PLACES.get(str(field), (field,)), *inside))


@contextmanager
def placing() -> Iterator[None]:
    """Let the engine's refusals name the places that its fields have in the contract. Raises `InvalidRequest`."""
    try:
        yield
    except InvalidRequest as error:
        raise InvalidRequest(error.code, error.detail, [placed(fault) for fault in error.faults]) from error


def _inside(node: Json, name: str) -> Json:
    return node.get(name, _MISSING) if isinstance(node, Mapping) else _MISSING
