"""The body of `POST /v1/runs` as the engine understands it: the same to check it, to train by it, and to resume it."""

from collections.abc import Mapping

from automl.types import Json, TrainRequest


def train_request(request: Mapping[str, Json]) -> TrainRequest:
    """The engine's own form of a request with every default filled in. Raises `KeyError` if it is not complete."""
    return TrainRequest(
        target=request["target"],
        task=request["task"],
        metric=request["metric"],
        positive=request["positive"],
        timeout_s=request["budget"]["timeout_s"],
        max_trials=request["budget"]["max_trials"],
        algorithm=request["search"]["algorithm"],
        holdout=request["split"]["holdout"],
        folds=request["split"]["folds"],
        refit=request.get("refit", False),  # a run that was queued before there was a choice
        seed=request["seed"],
    )
