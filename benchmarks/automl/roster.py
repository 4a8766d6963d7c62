"""The peers, and what is measured in which plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from automl.types import Json


@dataclass(frozen=True)
class Peer:
    """One way to get a model.

    Attributes:
        name: in reports and cells.
        kind: names the script `peers/KIND_peer.py`, and `peers/KIND.txt` with what its environment holds.
        options: handed to the script.
    """

    name: str
    kind: str
    options: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What to measure: seconds a cell, tables, and for each peer how many seeds.

    Attributes:
        tables: names; a folder that has none of them is measured whole.
    """

    seconds: float
    tables: tuple[str, ...]
    seeds: Mapping[str, int]


WINNOW: Final = Peer("winnow", "winnow")
PEERS: Final[Mapping[str, Peer]] = {
    peer.name: peer
    for peer in (
        WINNOW,
        Peer("flaml-lgbm", "flaml", {"estimators": ["lgbm"]}),
        Peer("flaml", "flaml", {"estimators": "auto"}),
        Peer("optuna", "optuna"),
        Peer("hyperopt", "hyperopt"),
        Peer("autogluon-best", "autogluon", {"preset": "best_quality"}),
        Peer("autogluon-high", "autogluon", {"preset": "high_quality"}),
        Peer("autogluon-good", "autogluon", {"preset": "good_quality"}),
        Peer("autogluon-medium", "autogluon", {"preset": "medium_quality"}),
        Peer("h2o", "h2o"),
        Peer("lightautoml", "lightautoml"),
        Peer("mljar", "mljar"),
    )
}

# Of AutoGluon's presets one takes part, or its copies would shift everyone's rank; the plan `presets` tells which.
_PRESETS: Final = tuple(name for name, peer in PEERS.items() if peer.kind == "autogluon")
_ONE_PRESET: Final = {name: 1 for name in PEERS if name == "autogluon-best" or name not in _PRESETS}
PLANS: Final[Mapping[str, Plan]] = {
    "smoke": Plan(10, ("german_credit", "satellite"), _ONE_PRESET),
    "presets": Plan(60, ("german_credit", "bank_marketing", "ames_housing"), dict.fromkeys(_PRESETS, 1)),
    "standard": Plan(
        60,
        (
            "german_credit",
            "bank_marketing",
            "nass_crash",
            "adult",
            "dna_splice",
            "soybean",
            "shuttle",
            "ames_housing",
            "diamonds",
            "nyc_flights",
        ),
        _ONE_PRESET | {"winnow": 3, "flaml-lgbm": 3, "optuna": 3},
    ),
    "long": Plan(
        300,
        ("bank_marketing", "satellite", "ames_housing"),
        dict.fromkeys(("winnow", "flaml-lgbm", "flaml", "autogluon-best", "h2o"), 1),
    ),
}
