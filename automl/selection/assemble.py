"""From the trials that answer together to one predictor."""

import orjson

from automl.bundles.memberfiles import read_model
from automl.features.encoder import FeatureEncoder
from automl.learners.booster import load_booster
from automl.learners.models import FoldModel, Member
from automl.learners.params import TREES, choice
from automl.predictor import Predictor, PredictorSpec
from automl.problem import Problem
from automl.rowschema import sample_row
from automl.search import Outcome
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
        sample=sample_row(parts.train, problem.columns),
    )
    return Predictor(spec, load_members(problem, features.encoder, blend))


def load_members(problem: Problem, encoder: FeatureEncoder, blend: Blend) -> tuple[Member, ...]:
    """One a trial of the blend, with the models of all its folds."""
    return tuple(
        Member(weight, _load(problem, len(encoder.names), outcome), _family(outcome))
        for weight, outcome in zip(blend.weights, blend.outcomes, strict=True)
    )


def _family(outcome: Outcome) -> Family:
    family: Family = choice(outcome.trial.params, "family")
    return family


def _load(problem: Problem, n_features: int, outcome: Outcome) -> tuple[FoldModel, ...]:
    family, task, n_classes = _family(outcome), problem.task, len(problem.classes)
    if family not in TREES:
        documents = map(orjson.loads, outcome.texts)
        return tuple(FoldModel(read_model(family, document, task, n_classes, n_features)) for document in documents)
    return tuple(FoldModel(load_booster(fold.fitted.text, task, n_classes), fold.extension) for fold in outcome.folds)
