"""Where a model comes from."""

from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version

from automl.search import Found
from automl.selection.blend import Blend
from automl.types import Json, TrainRequest


def lineage_of(request: TrainRequest, found: Found, blend: Blend, more: Mapping[str, Json] | None) -> dict[str, Json]:
    """What was asked, what won, what made it.

    Args:
        request: of the run.
        found: all trials, and the best.
        blend: the trials that the model is made of.
        more: what the caller knows besides.
    """
    best = found.best.trial
    return {
        **(more or {}),
        "request": {name: _as_json(value) for name, value in asdict(request).items()},
        "seed": request.seed,
        "params": dict(best.params),
        "rounds": list(best.rounds),
        "score": best.score,
        "trial": best.number,
        "trials": len(found.trials),
        "members": [
            {"trial": outcome.trial.number, "weight": weight, "params": dict(outcome.trial.params)}
            for outcome, weight in zip(blend.outcomes, blend.weights, strict=True)
        ],
        "hyperopt": version("hyperopt"),
    }


def _as_json(value: Json) -> Json:
    return list(value) if isinstance(value, tuple) else value
