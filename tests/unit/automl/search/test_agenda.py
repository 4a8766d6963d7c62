"""What is tried when."""

from collections.abc import Sequence

import pytest

from automl.search.agenda import Agenda, Budget
from automl.search.growth import Growth
from automl.search.plan import Plan
from automl.search.proposers import Proposal
from automl.types import Trial
from tests.unit.automl.search.trials import make_trial

BOOSTED = {"learning_rate": 0.1}
ENOUGH = [make_trial(number, 0.5, params=BOOSTED, seconds=2.0) for number in range(15)]


def idea(history: Sequence[Trial], number: int, seed: int) -> Proposal:
    return Proposal(BOOSTED, "tpe")


def late(trials: Sequence[Trial], plan: Plan | None = None, left_s: float = 7.9) -> str:
    agenda = Agenda(propose=idea, plan=plan or Plan())
    return agenda.next(trials, len(trials), Budget(whole_s=100, left_s=left_s)).proposal.proposer


def test_at_the_end_the_best_is_polished_then_given_other_seeds() -> None:
    trials = [*ENOUGH[:-1], make_trial(14, 0.9, params=BOOSTED, seconds=2.0)]
    agenda = Agenda(propose=idea)
    said = []
    for number in range(15, 19):
        proposal = agenda.next(trials, number, Budget(whole_s=100, left_s=7)).proposal
        said.append((proposal.proposer, proposal.params.get("seed"), proposal.parents))
        trials.append(
            make_trial(
                number, 0.6, params=proposal.params, proposer=proposal.proposer, parents=proposal.parents, seconds=2.0
            )
        )
    assert said == [("polish", None, (14,)), ("seeds", 1, (14,)), ("seeds", 2, (14,)), ("tpe", None, ())]


def test_the_end_comes_neither_with_time_left_nor_after_few_trials_nor_when_it_is_off() -> None:
    assert late(ENOUGH) == "polish"
    assert late(ENOUGH, left_s=8.1) == "tpe"
    assert late(ENOUGH[:14]) == "tpe"
    assert late(ENOUGH, Plan(polish=False)) == "seeds"
    assert late(ENOUGH, Plan(polish=False, seeds=False)) == "tpe"


@pytest.mark.parametrize(("most", "proposer"), [(18, "polish"), (19, "tpe"), (17, "tpe"), (None, "tpe")])
def test_of_18_trials_and_more_the_last_three_are_the_end(most: int | None, proposer: str) -> None:
    budget = Budget(whole_s=1e9, left_s=1e9, max_trials=most)
    assert Agenda(propose=idea).next(ENOUGH, 15, budget).proposal.proposer == proposer


def test_companions_and_seeds_run_all_folds_and_nobody_races_another_share() -> None:
    budget = Budget(whole_s=100, left_s=90)

    def against(proposer: str, trials: Sequence[Trial], plan: Plan | None = None) -> Trial | None:
        agenda = Agenda(propose=lambda *_: Proposal(BOOSTED, proposer), plan=plan or Plan())
        return agenda.next(trials, len(trials), budget).best

    assert against("tpe", ENOUGH) == ENOUGH[0]
    assert against("companion", ENOUGH) is None
    assert against("tpe", ENOUGH, Plan(racing=False)) is None
    assert against("tpe", [make_trial(0, 0.5, share=0.25)]) is None


def test_small_tables_are_learnt_whole() -> None:
    growth = Growth.of(rows=8000, features=20, outputs=2)
    assert growth.share([], 60, 60) == 1
    assert growth.share([make_trial(0, 0.5, seconds=1.0)], 60, 59) == 1


def test_large_ones_grow_with_the_time() -> None:
    growth = Growth.of(rows=1_000_000, features=100, outputs=2)
    probe = growth.share([], 100, 100)
    assert 500 / 1_000_000 <= probe < 0.02
    trials = [make_trial(0, 0.5, seconds=1.0, share=probe)]
    few, many = growth.share(trials, 100, 90), growth.share(trials, 100, 50)
    assert probe <= few < many < 1
    assert growth.share(trials, 100, 1) == many, "and nothing shrinks again"
    assert growth.share(trials, 1e6, 9e5) == 1, "but with time enough"


def test_the_best_of_few_rows_are_tried_on_many_once_each() -> None:
    growth = Growth.of(rows=10_000, features=100, outputs=2)
    trials = [make_trial(number, 0.1 * number, share=0.1, params={"num_leaves": number + 2}) for number in range(6)]
    said = []
    for number in range(6, 10):
        proposal = growth.promoted(trials, 1.0)
        if proposal is None:
            break
        said.append(proposal.parents)
        trials.append(make_trial(number, 0.5, params=proposal.params, proposer="promoted", parents=proposal.parents))
    assert said == [(5,), (4,), (3,)]
    assert growth.promoted(trials[:6], 0.1) is None


def test_with_a_number_of_trials_nothing_depends_on_time() -> None:
    agenda = Agenda(propose=idea, growth=Growth.of(rows=1_000_000, features=100, outputs=2))
    assert agenda.next([], 0, Budget(whole_s=1, left_s=1, max_trials=5)).share == 1
    assert agenda.next([], 0, Budget(whole_s=1, left_s=1)).share < 1


def test_a_trial_races_those_that_are_augmented_as_it_is() -> None:
    budget = Budget(whole_s=100, left_s=90)
    plain, augmented = make_trial(0, 0.5, 0.5), make_trial(1, 0.9, 0.9, params={"augmentation": "noise"})
    assert Agenda(propose=idea).next([plain, augmented], 2, budget).best == plain
    imposed = Agenda(propose=idea, imposed={"augmentation": "noise"}).next([augmented], 1, budget)
    assert imposed.best == augmented
    assert imposed.proposal.params == {**BOOSTED, "augmentation": "noise"}
