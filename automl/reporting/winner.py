"""What the report says of the best trial, and of the model that was made of it and others."""

from collections.abc import Iterable
from typing import Final

from automl.bundles.bundle import Bundle
from automl.learners.params import CHOICES, choice
from automl.learners.schedules import DEFAULT_RATE, horizon, rate
from automl.predictor import Predictor
from automl.ranking import thin
from automl.selection.limits import MEGABYTE
from automl.selection.options import Option
from automl.selection.pick import Pick
from automl.types import Json, TrainRequest, Trial

_POINTS: Final = 60

_OPTIONS: Final = {"best": "best trial", "blend": "best blend", "held": "best within the limits"}
_FORMS: Final = {
    "folds": "each trial with a model a fold",
    "all_rows": "each trial with models of all rows",
    "once": "each trial with one model of all rows",
}


def tell_schedule(trials: Iterable[Trial]) -> dict[str, Json] | None:
    """The first boosted one's learning rate: `trial`, `name` of the schedule, `base_rate`, `rounds`, `curve`.

    The rounds are those of its longest fold. None where no trial is boosted: other families have no such rate.
    """
    trial = next((trial for trial in trials if choice(trial.params, "family") == CHOICES["family"]), None)
    if trial is None:
        return None
    schedule, rounds = choice(trial.params, "schedule"), max(trial.rounds)
    base = trial.params.get("learning_rate", DEFAULT_RATE)
    shown = thin(rounds, _POINTS).tolist()
    return {
        "trial": trial.number,
        "name": schedule,
        "base_rate": base,
        "rounds": rounds,
        "curve": {
            "round": [round_ + 1 for round_ in shown],
            "rate": [rate(schedule, base, round_, horizon(base)) for round_ in shown],
        },
    }


def tell_ensemble(
    picked: Pick, request: TrainRequest, served: Predictor, bundle: Bundle, *, predict_ms: float
) -> dict[str, Json]:
    """What the model is made of and costs, as `served`, and what the other `options` would have scored and cost.

    Args:
        picked: the choice.
        request: of the run.
        served: the model.
        bundle: of it.
        predict_ms: measured: what one row takes of it.
    """
    chosen = picked.options[0]
    return {
        "limits": {
            "ensemble": request.ensemble,
            "max_predict_ms": request.max_predict_ms,
            "max_bundle_mb": request.max_bundle_mb,
        },
        "why": _why(picked),
        "members": [
            {
                "trial": outcome.trial.number,
                "family": choice(outcome.trial.params, "family"),
                "weight": member.weight,
                "models": len(member.models),
            }
            for outcome, member in zip(picked.blend.outcomes, served.members, strict=True)
        ],
        "served": {"predict_ms": predict_ms, "bundle_mb": len(bundle.data) / MEGABYTE},
        "options": [_option(option, request, chosen=option is chosen) for option in picked.options],
        "warnings": bundle.manifest["lineage"]["warnings"],
    }


def _why(picked: Pick) -> str:
    chosen = picked.options[0]
    if chosen.name == "best":
        return "The request wants the best trial alone."
    if chosen.name == "blend":
        return "It scores best out of fold, and is within the limits."
    if chosen.excess > 1:
        return "Nothing that was found is within the limits: this is the best of the smallest."
    dear = max((option for option in picked.options if option.excess > 1), key=lambda option: option.score)
    return (
        f"What scores best out of fold would take {dear.cost.ms:.3g} ms a row and {dear.cost.bytes / MEGABYTE:.3g} MB "
        f"in {dear.models} models, which is more than is allowed. This scores best of what is within the limits."
    )


def _option(option: Option, request: TrainRequest, *, chosen: bool) -> dict[str, Json]:
    form = "once" if option.once else "all_rows" if request.refit else "folds"
    return {
        "what": f"{_OPTIONS[option.name]}, {_FORMS[form]}",
        "name": option.name,
        "form": form,
        "trials": [outcome.trial.number for outcome in option.blend.outcomes],
        "models": option.models,
        "score": option.score,
        "predict_ms": option.cost.ms,
        "bundle_mb": option.cost.bytes / MEGABYTE,
        "within_limits": option.excess <= 1,
        "chosen": chosen,
    }
