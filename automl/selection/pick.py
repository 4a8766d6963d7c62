"""The model to be judged: chosen by what it scores and costs, made, and chosen again where it proves slower."""

from dataclasses import dataclass, replace
from typing import Final

from automl.predictor import Predictor
from automl.problem import Problem
from automl.search import Brake, Found
from automl.selection.assemble import assemble
from automl.selection.blend import Blend
from automl.selection.cost import row_ms
from automl.selection.limits import Limits
from automl.selection.options import Chooser, Option
from automl.selection.refit import condense
from automl.selection.settle import Settled, settle
from automl.stages import Features, Parts
from automl.types import TrainRequest

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Pick:
    """What was picked.

    Attributes:
        predictor: made of the blend.
        blend: of the chosen option, with its models as they answer now.
        options: all that were weighed, the chosen one first.
        limits: that it was chosen by.
        settled: how its blend is calibrated, and decides.
    """

    predictor: Predictor
    blend: Blend
    options: list[Option]
    limits: Limits
    settled: Settled


def pick(
    problem: Problem, parts: Parts, features: Features, request: TrainRequest, found: Found, *, brake: Brake
) -> Pick:
    """Choose and make the model. Time decides only where it may: a run that `max_trials` ends goes by what is foreseen.

    Args:
        problem: of the run.
        parts: its rows.
        features: of its training rows.
        request: of the run.
        found: what the search left.
        brake: closes when the rest of the run needs its time.
    """
    chooser = Chooser(problem, parts, request, found, brake)
    limits = Limits.of(request, features)
    timed = request.max_predict_ms is not None and request.max_trials is None
    for left in reversed(range(_TRIES)):
        options = chooser.weigh(limits)
        chosen = options[0]
        blend = _as_judged(features, chosen, request, brake)
        settled = settle(problem, parts, blend, request)
        predictor = assemble(problem, parts, features, blend, settled)
        measured = row_ms(predictor) if timed and left else 0.0
        if measured <= limits.ms:
            break
        limits = limits.corrected(chosen.cost.ms, measured)
    return Pick(predictor, blend, options, limits, settled)


def _as_judged(features: Features, chosen: Option, request: TrainRequest, brake: Brake) -> Blend:
    """What was asked to be small is judged as it is served. Else its fold models are, as of any model with a refit."""
    if not chosen.once:
        return chosen.blend
    judged_as_served = request.limited or not request.refit
    return condense(features, chosen.blend, brake) if judged_as_served else replace(chosen.blend, once=True)


def slowness(picked: Pick, request: TrainRequest, measured_ms: float) -> list[str]:
    """What to say where a row takes longer than is allowed: as measured, or as foreseen where time may not decide."""
    most = request.max_predict_ms
    takes = measured_ms if request.max_trials is None else picked.options[0].cost.ms
    if most is None or takes <= most:
        return []
    return [f"A row takes {takes:.3g} ms, more than the {most:g} ms of max_predict_ms: no quicker model was found."]
