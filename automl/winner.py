"""What the report says of the best trial."""

from typing import Final

from automl.params import CHOICES, choice
from automl.ranking import thin
from automl.schedules import DEFAULT_RATE, horizon, rate
from automl.types import Json, Trial

_POINTS: Final = 60


def tell_schedule(trial: Trial) -> dict[str, Json] | None:
    """Its learning rate by round: `trial`, `name` of the schedule, `base_rate`, `rounds` of its longest fold, `curve`.

    None for a forest and a linear model, which have none.
    """
    if choice(trial.params, "family") != CHOICES["family"]:
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
