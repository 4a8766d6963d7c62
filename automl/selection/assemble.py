"""From the trials that answer together to one predictor."""

import orjson

from automl.bundles.memberfiles import Inputs, read_model, read_start
from automl.features.encoder import FeatureEncoder
from automl.learners.booster import load_booster
from automl.learners.linearmodel import Linear
from automl.learners.models import FoldModel, Member, Model
from automl.learners.params import TREES, choice
from automl.predictor import Predictor, PredictorSpec
from automl.problem import Problem
from automl.rowschema import sample_row
from automl.search import Outcome
from automl.search.fitting import FoldFit
from automl.selection.blend import Blend
from automl.selection.settle import Settled
from automl.stages import Features, Parts
from automl.types import Family


def assemble(problem: Problem, parts: Parts, features: Features, blend: Blend, settled: Settled) -> Predictor:
    """The models of the blend's trials as one predictor."""
    spec = PredictorSpec(
        task=problem.task,
        target=problem.name,
        classes=problem.classes,
        encoder=features.encoder,
        decisions=settled.decisions,
        calibrator=settled.calibration.calibrator,
        reach=blend.reach,
        sample=sample_row(parts.train, problem.columns),
    )
    return Predictor(spec, load_members(problem, features.encoder, blend))


def load_members(problem: Problem, encoder: FeatureEncoder, blend: Blend) -> tuple[Member, ...]:
    """One a trial of the blend, with the models of all its folds."""
    return tuple(
        Member(weight, _load(problem, encoder, outcome), _family(outcome))
        for weight, outcome in zip(blend.weights, blend.outcomes, strict=True)
    )


def _family(outcome: Outcome) -> Family:
    family: Family = choice(outcome.trial.params, "family")
    return family


def _load(problem: Problem, encoder: FeatureEncoder, outcome: Outcome) -> tuple[FoldModel, ...]:
    family, task, n_classes = _family(outcome), problem.task, len(problem.classes)

    def model(fold: FoldFit) -> Model:
        if family in TREES:
            return load_booster(fold.fitted.text, task, n_classes)
        document = orjson.loads(fold.fitted.text)
        return read_model(family, document, task, n_classes, Inputs.of(encoder, fold.extension))

    def start(fold: FoldFit) -> Linear | None:
        text = fold.fitted.start
        return None if text is None else read_start(orjson.loads(text), encoder)

    return tuple(FoldModel(model(fold), fold.extension, start(fold)) for fold in outcome.folds)
