"""The engine: tables in, a bundle out. Knows no HTTP, no object store, no database.

Untrusted bytes are read by `automl.ingest`, in a process of their own; then:

    table = read_table(Path("credit.csv"), "text/csv")
    result = train(table, TrainRequest(target="risk", timeout_s=60))
    predictor = load_bundle(result.bundle.data)
    predictor.predict([predictor.sample()]).predictions
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from automl.bundles.bundle import Bundle, load_bundle
    from automl.checks.request import check_request
    from automl.ingest import Limits, read_table
    from automl.pipeline import Result, train
    from automl.predictor import Predictions, PredictionWarning, Predictor
    from automl.profiling.profile import Profile, profile_table
    from automl.types import Monitor, TrainRequest, Trial

__all__ = [
    "Bundle",
    "Limits",
    "Monitor",
    "PredictionWarning",
    "Predictions",
    "Predictor",
    "Profile",
    "Result",
    "TrainRequest",
    "Trial",
    "check_request",
    "load_bundle",
    "profile_table",
    "read_table",
    "train",
]

_HOMES = {
    "bundles.bundle": ("Bundle", "load_bundle"),
    "checks.request": ("check_request",),
    "ingest": ("Limits", "read_table"),
    "pipeline": ("Result", "train"),
    "predictor": ("PredictionWarning", "Predictions", "Predictor"),
    "profiling.profile": ("Profile", "profile_table"),
    "types": ("Monitor", "TrainRequest", "Trial"),
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: LightGBM and all take two seconds, `automl.errors` none."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"automl.{home}"), name)
    raise AttributeError(name)
