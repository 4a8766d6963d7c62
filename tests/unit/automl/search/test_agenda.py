"""What is tried when."""

import math
from collections.abc import Sequence

from automl.learners.params import choice
from automl.search.agenda import Agenda, Budget
from automl.search.growth import Growth
from automl.search.kinds import Kinds
from automl.search.plan import Plan
from automl.search.proposers import Proposal
from automl.spaces.companions import neural_space
from automl.spaces.space import defaults
from automl.types import Trial
from tests.unit.automl.search.trials import make_trial

BOOSTED = {"learning_rate": 0.1}
ENOUGH = [make_trial(number, 0.5, params=BOOSTED, seconds=2.0) for number in range(15)]


def idea(history: Sequence[Trial], number: int, seed: int) -> Proposal:
    return Proposal(BOOSTED, "tpe")


def test_companions_and_seeds_run_all_folds_and_nobody_races_another_share() -> None:
    budget = Budget(whole_s=100, left_s=90)

    def against(proposer: str, trials: Sequence[Trial], plan: Plan | None = None) -> Trial | None:
        agenda = Agenda(propose=lambda *_: Proposal(BOOSTED, proposer), plan=plan or Plan(), growth=Growth(folds=1))
        return agenda.next(trials, len(trials), budget).best

    assert against("tpe", ENOUGH) == ENOUGH[0]
    assert against("companion", ENOUGH) is None
    assert against("tpe", ENOUGH, Plan(racing=False)) is None
    assert against("tpe", [make_trial(0, 0.5, share=0.25)]) is None


def test_with_a_number_of_trials_nothing_depends_on_time() -> None:
    agenda = Agenda(propose=idea, growth=Growth.of(rows=1_000_000, features=100, outputs=2, folds=3, cores=2))
    attempt = agenda.next([], 0, Budget(whole_s=1, left_s=1, max_trials=5))
    assert (attempt.share, attempt.folds, attempt.seconds) == (1, 3, math.inf)
    assert agenda.next([], 0, Budget(whole_s=1, left_s=1)).share < 1


def test_no_trial_takes_more_than_its_part_of_the_search() -> None:
    budget = Budget(whole_s=100, left_s=90)
    for proposer, seconds in {"tpe": 20, "companion": 10, "default": 15}.items():
        agenda = Agenda(propose=lambda *_, name=proposer: Proposal(BOOSTED, name), growth=Growth(folds=1))
        assert agenda.next([], 0, budget).seconds == seconds
    for proposer, seconds in {"companion": 20, "default": 15, "seeds": 81}.items():
        networks = Agenda(
            propose=lambda *_, name=proposer: Proposal({"family": "neural"}, name), growth=Growth(folds=1)
        )
        assert networks.next([], 0, budget).seconds == seconds


def test_the_last_trial_is_cut_short_in_time_to_count() -> None:
    agenda = Agenda(propose=idea, growth=Growth(folds=1))
    assert agenda.next([], 0, Budget(whole_s=100, left_s=10)).seconds == 9
    assert agenda.next([], 0, Budget(whole_s=100, left_s=10, max_trials=5)).seconds == math.inf


def test_a_trial_races_its_own_family() -> None:
    budget = Budget(whole_s=100, left_s=90)
    trees, network = make_trial(0, 0.5, 0.5), make_trial(1, 0.9, 0.9, params={"family": "neural"})
    assert Agenda(propose=idea, growth=Growth(folds=2)).next([trees, network], 2, budget).best == trees


def test_another_family_that_is_about_as_good_has_its_turn() -> None:
    kinds = Kinds({"neural": neural_space(0, 1)}, {"neural": lambda *_: Proposal({"family": "neural"}, "tpe")})
    agenda = Agenda(propose=idea, growth=Growth(folds=1), kinds=kinds)
    network = make_trial(1, 0.9, params=defaults(neural_space(0, 1)), proposer="companion")
    budgets = {
        Budget(whole_s=100, left_s=90): ["boosted", "neural", "neural", "boosted", "neural", "boosted"],
        Budget(whole_s=1, left_s=1, max_trials=9): ["boosted", "neural", "neural", "boosted", "boosted", "boosted"],
    }
    for budget, expected in budgets.items():
        families = []
        history = [make_trial(0, 0.8, proposer="default"), network]
        for number in range(2, 8):
            proposal = agenda.next(history, number, budget).proposal
            history.append(make_trial(number, 0.1, params=proposal.params, proposer=proposal.proposer))
            families.append(choice(proposal.params, "family"))
        assert families == expected


def test_a_trial_races_those_that_are_augmented_as_it_is() -> None:
    budget = Budget(whole_s=100, left_s=90)
    plain, augmented = make_trial(0, 0.5, 0.5), make_trial(1, 0.9, 0.9, params={"augmentation": "noise"})
    assert Agenda(propose=idea, growth=Growth(folds=2)).next([plain, augmented], 2, budget).best == plain
    imposed = Agenda(propose=idea, growth=Growth(folds=2), imposed={"augmentation": "noise"}).next(
        [augmented], 1, budget
    )
    assert imposed.best == augmented
    assert imposed.proposal.params == {**BOOSTED, "augmentation": "noise"}
