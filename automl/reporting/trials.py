"""The trials beside which a model is seen: the two best ones, and the best of those that it is made of."""

from dataclasses import replace

from automl.augment.mix import PLAIN
from automl.decisions.calibrationfits import FITS, Sample
from automl.decisions.decision import decide
from automl.decisions.tuning import Tuner
from automl.evaluation.judged import Judged
from automl.predictor import Predictor
from automl.problem import Problem
from automl.search import Found, Outcome
from automl.search.stopping import find_best
from automl.selection.blend import Blend
from automl.stages import Parts
from automl.types import Floats, Json


def first_two(found: Found, blend: Blend) -> tuple[Floats, Floats] | None:
    """What the best trial said of the blend's rows, and the next one that is not the same but for augmentation.

    None where there is no other.
    """
    ranked = [outcome for outcome in found.pool if len(outcome.rows) == len(blend.rows)]
    others = (outcome.outputs for outcome in ranked[1:] if _plain(outcome) != _plain(ranked[0]))
    second = next(others, None)
    return None if second is None else (ranked[0].outputs, second)


def best_member(problem: Problem, parts: Parts, blend: Blend, predictor: Predictor, holdout: Judged) -> Judged | None:
    """The holdout as the best of several members answers it alone; None where the model is one trial.

    A calibrator of the model's kind, and a rule for what the model's is for, are fitted to what it said out of fold.
    """
    if len(blend.outcomes) == 1:
        return None
    best = find_best(outcome.trial for outcome in blend.outcomes)
    place = next(i for i, outcome in enumerate(blend.outcomes) if outcome.trial is best)
    member = replace(predictor.members[place], weight=1.0)
    said = replace(predictor, members=(member,), spec=replace(predictor.spec, reach=None)).said(parts.holdout)
    if problem.task == "regression":
        return holdout.answered(said, said)
    target, weights = parts.target[blend.rows], None if parts.weights is None else parts.weights[blend.rows]
    known, calibrator = blend.outcomes[place].outputs, predictor.spec.calibrator
    if calibrator is not None:
        own = FITS[calibrator.method](Sample.of(target, known, weights))
        known, said = own.apply(known), own.apply(said)
    criterion = predictor.decision.criterion if predictor.decision else None
    tuner = Tuner(target, known, weights, problem.classes, problem.ordered)
    return holdout.answered(said, decide(said, tuner.tune(criterion) if criterion else None))


def _plain(outcome: Outcome) -> dict[str, Json]:
    """Params without augmentation."""
    return {**outcome.trial.params, **PLAIN.to_params()}
