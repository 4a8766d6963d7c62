"""All that LightGBM is told: the aim of the data, a trial's params, and what Winnow fixes for every model."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from automl.learners.breadth import most_bins
from automl.learners.params import CHOICES, check_params, choice
from automl.links import POWER
from automl.types import Json, Task

_ANY_DATA: Final[Mapping[str, Json]] = {
    "verbosity": -1,
    # LightGBM would otherwise drop features by the first trial's min_data_in_leaf, for all the trials that follow.
    "feature_pre_filter": False,
}

HISTOGRAMS_MB: Final = 256
"""Of one fit's leaves. LightGBM would keep all of them, 5 GB for 255 leaves of 5,000 features. With less it computes
some anew, and its sums come out a little different: so this is the same on every machine."""

_OBJECTIVES: Final[Mapping[Task, str]] = {"binary": "binary", "multiclass": "multiclass", "regression": "regression"}
_SEEDS: Final = ("bagging_seed", "feature_fraction_seed", "extra_seed", "objective_seed")
_MOST_SEEDS: Final = 2**31
_STRIDE: Final = 7919
_BY_ITSELF: Final[Mapping[str, float]] = {"min_sum_hessian_in_leaf": 1e-3, "cat_l2": 10.0}
"""Penalties that LightGBM has unless it is told others."""
_POWERS: Final[Mapping[str, float]] = {
    "lambda_l1": 1 - POWER,
    "min_gain_to_split": -POWER,
    "max_delta_step": -1,
    **dict.fromkeys(("lambda_l2", *_BY_ITSELF), 2 - POWER),
}
"""Of the target's mean: where all scores are its logarithm, gradients of Tweedie's deviance are those of squared errors
times `mean ** (1 - POWER)`, and hessians `mean ** (2 - POWER)` times theirs. `cat_smooth` is not here: it is a least
number of rows, too."""
FOREST_ROWS: Final = 0.9
"""Of all, the most that a tree of a forest learns from."""


def binning(features: int, outputs: int, *, alike: bool = True) -> dict[str, Json]:
    """How data is made ready for fits that have so many outputs.

    Of columns with mostly one value LightGBM keeps the other entries alone. Where it expects fewer than 2**16 of them
    it numbers them in 16 bits, and by the whole table's share of them: of a part that has a tenth more it writes beyond
    its memory, and the process dies. So it must not where parts may not be `alike`; a round then takes up to a third
    longer.
    """
    sparse: dict[str, Json] = {} if alike else {"is_enable_sparse": False}
    return {**_ANY_DATA, **sparse, "max_bin": most_bins(features, outputs)}


def aim(
    task: Task,
    *,
    features: int,
    n_classes: int = 0,
    absolute: bool = False,
    monotone: Sequence[int] = (),
    interactions: Sequence[Sequence[int]] = (),
) -> dict[str, Json]:
    """What is minimised, under which constraints.

    LightGBM refuses monotone constraints where it minimises absolute errors, so squared ones are minimised then. Of its
    methods only `basic` kept the constraint in all of 50 models; `intermediate` broke it in 3 and `advanced` in 26.
    With path smoothing `basic` breaks it too, in about one model of ten, so nothing is smoothed then.

    Args:
        task: what is predicted.
        features: of the matrix.
        n_classes: for a multiclass task.
        absolute: whether a regression minimises absolute errors.
        monotone: -1, 0 or 1 a feature, or nothing.
        interactions: groups of feature indices. Features meet on a path of a tree only inside a group; those in no
            group form one of their own, as LightGBM would else leave them out.
    """
    constrained = any(monotone)
    settings: dict[str, Json] = {
        "objective": "regression_l1" if absolute and not constrained else _OBJECTIVES[task],
        "num_class": n_classes if task == "multiclass" else 1,
        "metric": "none",
    }
    if constrained:
        settings |= {
            "monotone_constraints": list(monotone),
            "monotone_constraints_method": "basic",
            "path_smooth": 0.0,
        }
    if interactions:
        rest = sorted(set(range(features)).difference(*interactions))
        settings["interaction_constraints"] = [*map(list, interactions), *([rest] if rest else [])]
    return settings


def log_link(params: Mapping[str, Json], mean: float) -> dict[str, Json]:
    """What is minimised under a log link, with penalties that weigh as they do on squared errors.

    Args:
        params: of a trial, with penalties for squared errors.
        mean: of the target, above 0.
    """
    penalties = {name: value for name, value in {**_BY_ITSELF, **params}.items() if name in _POWERS}
    scaled = {name: value * mean ** _POWERS[name] for name, value in penalties.items()}
    return {"objective": "tweedie", "tweedie_variance_power": POWER, **scaled}


def settings(data: Mapping[str, Json], params: Mapping[str, Json], *, seed: int) -> dict[str, Json]:
    """The parameters of one model on data of which `binning` and `aim` have told.

    Raises:
        InvalidRequest: `invalid-param`.
    """
    check_params(params)
    return {
        **{name: value for name, value in params.items() if name not in CHOICES},
        **(_forest(params) if choice(params, "family") == "forest" else {}),
        **data,
        **seeds(params, seed),
        "histogram_pool_size": HISTOGRAMS_MB,
        "deterministic": True,
        "force_col_wise": True,
    }


def seeds(params: Mapping[str, Json], seed: int, round_: int = 0) -> dict[str, int]:
    """Seeds of all sampling, by name: plain `seed` would also change the bins.

    Whenever a parameter changes between rounds, LightGBM draws its features anew from their seed: so that not all
    rounds see the same features, each round then needs its own.
    """
    own = seed + choice(params, "seed") + _STRIDE * round_
    return {name: (own + i) % _MOST_SEEDS for i, name in enumerate(_SEEDS)}


def _forest(params: Mapping[str, Json]) -> dict[str, Json]:
    """LightGBM's random-forest mode, which insists on sampled rows."""
    fraction = min(params.get("bagging_fraction", math.inf), FOREST_ROWS)
    return {"boosting": "rf", "bagging_freq": params.get("bagging_freq", 1), "bagging_fraction": fraction}
