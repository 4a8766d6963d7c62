"""The bundle of a predictor, held to what a request allows; where that cannot be, it says so."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from automl.bundles.bundle import Bundle, pack
from automl.learners.booster import Booster
from automl.learners.models import FoldModel
from automl.predictor import Predictor
from automl.selection.cost import packed
from automl.selection.limits import MEGABYTE
from automl.types import Frame, Json

_TRIES: Final = 3
_MORE: Final = 1.05
"""Times what is too much is cut off, as trees differ in size."""
_LEAST_SHARE: Final = 0.5


def pack_held(
    predictor: Predictor,
    frame: Frame,
    *,
    most_mb: float | None,
    lineage: Mapping[str, Json],
    **about: Any,  # noqa: ANN401 - as `pack` has them
) -> Bundle:
    """The bundle, of at most so many megabytes.

    Models of all rows may become larger than was foreseen: of trees that are too many the last ones are cut off.

    Args:
        predictor: to be stored.
        frame: see `bundle.pack`.
        most_mb: no limit when None.
        lineage: see `bundle.pack`; a limit that is not kept is among its `warnings`.
        about: see `bundle.pack`.

    Raises:
        InvalidBundle: the predictor cannot be stored.
    """
    bundle = pack(predictor, frame, lineage=lineage, **about)
    most = math.inf if most_mb is None else round(most_mb * MEGABYTE)
    for _ in range(_TRIES):
        shorter = shortened(predictor, len(bundle.data) - most) if len(bundle.data) > most else None
        if shorter is None:
            break
        predictor = shorter
        bundle = pack(predictor, frame, lineage=lineage, **about)
    if len(bundle.data) <= most:
        return bundle
    size = len(bundle.data) / MEGABYTE
    warning = f"The bundle has {size:.3f} MB, more than the {most_mb:g} MB of max_bundle_mb: nothing smaller was found."
    return pack(predictor, frame, lineage={**lineage, "warnings": [*lineage["warnings"], warning]}, **about)


def shortened(predictor: Predictor, excess: float) -> Predictor | None:
    """The predictor without the last trees of each booster, so that its bundle has about so many bytes less.

    None where so little would be left of them that it would be another model.
    """
    trees = sum(packed(booster.to_text()) for _, booster, _ in predictor.boosters())
    share = 1 - _MORE * excess / max(trees, 1.0)
    if share < _LEAST_SHARE:
        return None
    members = [
        replace(member, models=tuple(_shortened(model, share) for model in member.models))
        for member in predictor.members
    ]
    return replace(predictor, members=tuple(members))


def _shortened(fold: FoldModel, share: float) -> FoldModel:
    return replace(fold, model=fold.model.shortened(share)) if isinstance(fold.model, Booster) else fold
