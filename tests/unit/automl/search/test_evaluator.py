"""One trial: fold after fold, stopped, cut or failed."""

from dataclasses import replace

import numpy as np
import pytest

from automl.errors import Interrupted
from automl.learners.booster import load_booster
from automl.learners.params import TREES
from automl.metrics import measure
from automl.search import Attempt, Brake, Evaluator, Proposal
from automl.search.evaluator import MOST_ROUNDS
from tests.unit.automl.search.trials import Notes, make_trial

OPEN = Brake.after(3600)
PARAMS = Proposal({"learning_rate": 0.1, "num_leaves": 7, "bagging_fraction": 0.7, "bagging_freq": 1}, "tpe")


def test_a_trial_has_a_score_and_a_booster_a_fold_and_outputs_for_all_rows(
    evaluator: Evaluator, target: np.ndarray
) -> None:
    outcome = evaluator.attempt(Attempt(3, PARAMS), OPEN)
    trial = outcome.trial
    assert (trial.number, trial.state, trial.proposer, trial.detail) == (3, "succeeded", "tpe", None)
    assert trial.params == PARAMS.params
    assert len(trial.fold_scores) == len(trial.rounds) == len(outcome.texts) == 3
    assert trial.score == pytest.approx(np.mean(trial.fold_scores))
    assert max(trial.rounds) < MOST_ROUNDS
    assert outcome.rows.tolist() == list(range(len(target)))
    assert outcome.outputs.shape == (len(target), 2)
    assert measure("roc_auc", target, outcome.outputs) > 0.75
    assert [load_booster(text, "binary", 2).rounds for text in outcome.texts] == list(trial.rounds)


def test_the_same_params_give_the_same_outcome(evaluator: Evaluator) -> None:
    one, two = evaluator.attempt(Attempt(0, PARAMS), OPEN), evaluator.attempt(Attempt(0, PARAMS), OPEN)
    assert replace(one.trial, seconds=0) == replace(two.trial, seconds=0)
    assert one.texts == two.texts


def test_refitting_gives_the_same_boosters(evaluator: Evaluator) -> None:
    first = evaluator.attempt(Attempt(0, PARAMS), OPEN)
    again = evaluator.refit(first.trial, OPEN)
    assert again.trial == first.trial
    assert again.texts == first.texts
    np.testing.assert_array_equal(again.outputs, first.outputs)


def test_refitting_a_stopped_trial_refits_the_folds_that_it_had(evaluator: Evaluator) -> None:
    first = evaluator.attempt(Attempt(0, PARAMS), OPEN)
    stopped = replace(first.trial, fold_scores=first.trial.fold_scores[:2], rounds=first.trial.rounds[:2])
    assert evaluator.refit(stopped, OPEN).texts == first.texts[:2]


def test_a_trial_that_is_behind_is_stopped(evaluator: Evaluator) -> None:
    outcome = evaluator.attempt(Attempt(1, PARAMS, make_trial(0, 0.99, 0.991, 0.992)), OPEN)
    assert outcome.trial.state == "stopped"
    assert outcome.trial.detail == "clearly behind the best trial"
    assert len(outcome.trial.fold_scores) == len(outcome.texts) == 1
    assert 0 < len(outcome.rows) < 100


def test_when_the_brake_closes_the_first_fold_is_kept_as_far_as_it_came(evaluator: Evaluator) -> None:
    trial = evaluator.attempt(Attempt(0, PARAMS), Brake.after(0)).trial
    assert trial.state == "stopped"
    assert trial.rounds == (1,)
    assert trial.detail == "the search came to its end"


def test_folds_that_the_clock_ends_are_told_apart(evaluator: Evaluator) -> None:
    hurried = evaluator.attempt(Attempt(0, PARAMS, seconds=1e-9), Brake.after(3600)).trial
    assert (hurried.state, hurried.rounds, hurried.cut_folds) == ("succeeded", (1, 1, 1), (0, 1, 2))
    assert hurried.detail == "cut short by the clock: fold 0, 1, 2"
    calm = evaluator.attempt(Attempt(0, PARAMS), OPEN).trial
    assert (calm.cut_folds, calm.detail) == ((), None)


def test_refitting_without_time_keeps_what_it_can(evaluator: Evaluator) -> None:
    first = evaluator.attempt(Attempt(0, PARAMS), OPEN)
    assert len(evaluator.refit(first.trial, Brake.after(0)).texts) == 1


def test_a_linear_model_is_fitted_and_judged_on_the_same_folds(evaluator: Evaluator, target: np.ndarray) -> None:
    outcome = evaluator.attempt(Attempt(2, Proposal({"family": "linear"}, "companion")), OPEN)
    assert outcome.trial.state == "succeeded"
    assert outcome.trial.rounds == (0, 0, 0)
    assert measure("roc_auc", target, outcome.outputs) > 0.75
    assert evaluator.refit(outcome.trial, OPEN).texts == outcome.texts


def test_a_neural_one_too(evaluator: Evaluator, target: np.ndarray) -> None:
    outcome = evaluator.attempt(Attempt(2, Proposal({"family": "neural"}, "companion")), OPEN)
    assert outcome.trial.state == "succeeded"
    assert all(rounds > 0 for rounds in outcome.trial.rounds)
    assert measure("roc_auc", target, outcome.outputs) > 0.75
    again = evaluator.attempt(Attempt(2, Proposal({"family": "neural"}, "companion")), OPEN)
    assert again.texts == outcome.texts


def test_fewer_folds_where_they_are_asked_for(evaluator: Evaluator) -> None:
    trial = evaluator.attempt(Attempt(0, PARAMS, folds=1), OPEN).trial
    assert (trial.state, len(trial.fold_scores), trial.detail) == ("succeeded", 1, None)


def test_a_learning_curve_that_cannot_reach_the_best_ends_a_trial(evaluator: Evaluator) -> None:
    first = evaluator.attempt(Attempt(0, PARAMS), OPEN).trial
    assert len(first.losses) == 3
    rival = replace(first, losses=tuple(loss / 10 for loss in first.losses))
    slow = Proposal({**PARAMS.params, "learning_rate": 0.01}, "tpe")
    assert evaluator.attempt(Attempt(1, slow, best=first), OPEN).trial.state == "succeeded"
    trial = evaluator.attempt(Attempt(1, slow, best=rival), OPEN).trial
    assert (trial.state, len(trial.fold_scores)) == ("stopped", 1)
    assert trial.detail == "its learning curve could not reach the best trial's"


@pytest.mark.parametrize("family", ["boosted", "forest", "linear", "neural"])
def test_on_all_rows_models_have_their_average_rounds_and_other_seeds(evaluator: Evaluator, family: str) -> None:
    proposal = Proposal({**PARAMS.params, "family": family} if family in TREES else {"family": family}, "tpe")
    trial = evaluator.attempt(Attempt(0, proposal), OPEN).trial
    rounds = round(np.mean(trial.rounds))
    settled = evaluator.settle(trial, OPEN, numbers=range(2), rounds=(rounds, rounds))
    first, second = (fold.fitted.text for fold in settled)
    assert (first == second) == (family == "linear")
    assert all(abs(fold.fitted.rounds - np.mean(trial.rounds)) <= 1 for fold in settled)
    assert evaluator.settle(trial, Brake.after(0), numbers=range(2), rounds=(rounds, rounds)) == ()
    others = evaluator.settle(trial, OPEN, numbers=range(1, 3), rounds=(rounds, rounds))
    assert others[0].fitted.text == second, "of the same number, and so of the same seeds"


def test_on_all_rows_all_models_have_as_many_rounds_as_there_is_time_for(evaluator: Evaluator) -> None:
    trial = evaluator.attempt(Attempt(0, PARAMS), OPEN).trial
    settled = evaluator.settle(trial, Brake.after(1.5), numbers=range(2), rounds=(1, 1_000_000))
    assert len(settled) == 2
    assert all(1 <= fold.fitted.rounds < 1_000_000 for fold in settled)
    late = evaluator.settle(trial, Brake.after(0.1), numbers=range(2), rounds=(900_000, 1_000_000))
    assert late == ()


def test_a_rival_that_went_a_long_way_gives_others_time_to_come_there(evaluator: Evaluator) -> None:
    first = evaluator.attempt(Attempt(0, PARAMS), OPEN).trial
    ahead = replace(first, losses=tuple(loss / 10 for loss in first.losses))
    far = replace(ahead, rounds=(100_000,) * 3)
    slow = Proposal({**PARAMS.params, "learning_rate": 0.01}, "tpe")
    soon, late = (evaluator.attempt(Attempt(1, slow, best=rival), OPEN).trial.rounds[0] for rival in (ahead, far))
    assert soon < late


def test_bad_params_make_a_failed_trial(evaluator: Evaluator) -> None:
    outcome = evaluator.attempt(Attempt(5, Proposal({"num_leaves": -1}, "tpe")), OPEN)
    assert outcome.trial.state == "failed"
    assert outcome.trial.score is None
    assert "num_leaves" in (outcome.trial.detail or "")
    assert outcome.texts == ()


def test_to_abandon_is_no_failure_of_the_trial(evaluator: Evaluator) -> None:
    with pytest.raises(Interrupted):
        evaluator.attempt(Attempt(0, PARAMS), Brake.after(3600, Notes(lambda _: "abandon")))


def test_what_is_on_trial_must_be_better_than_its_twin_beyond_noise(evaluator: Evaluator) -> None:
    twin = evaluator.attempt(Attempt(0, PARAMS), OPEN).trial
    idle = evaluator.attempt(Attempt(1, PARAMS, twin=twin), OPEN).trial
    assert (idle.state, idle.fold_scores) == ("stopped", twin.fold_scores)
    assert idle.detail == "no better beyond noise than without augmentation"
    worse = replace(twin, fold_scores=tuple(score - 0.1 for score in twin.fold_scores))
    assert evaluator.attempt(Attempt(1, PARAMS, twin=worse), OPEN).trial.state == "succeeded"
