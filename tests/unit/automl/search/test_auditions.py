"""When an augmentation is tried, which one, and beside what."""

from collections.abc import Sequence

from automl.search.auditions import AUDITION, Auditions, twin_of
from automl.search.proposers import Proposal, make_proposer
from automl.spaces.space import augmentation_space
from automl.types import Augmentation, Trial
from tests.unit.automl.search.trials import make_trial

KINDS: tuple[Augmentation, ...] = ("smote", "noise")
PARAMS = {"learning_rate": 0.1, "num_leaves": 7}
AUDITIONS = Auditions(KINDS, make_proposer("tpe", augmentation_space(KINDS), []))


def plain(count: int, first: int = 0) -> list[Trial]:
    return [make_trial(n, 0.5, 0.5, 0.5 + n / 1000, params=PARAMS) for n in range(first, first + count)]


def heard(proposal: Proposal, number: int, *scores: float, kept: bool = False) -> Trial:
    return make_trial(
        number,
        *scores,
        params=proposal.params,
        state="succeeded" if kept else "stopped",
        proposer=proposal.proposer,
        parents=proposal.parents,
    )


def ask(history: Sequence[Trial]) -> Proposal | None:
    return AUDITIONS.next(history, len(history), 0)


def test_the_first_twenty_trials_and_nine_of_ten_after_them_are_others() -> None:
    assert ask(plain(19)) is None
    first = ask(plain(20))
    assert first == Proposal({**PARAMS, "augmentation": "smote", "augmentation_strength": 0.5}, AUDITION, parents=(19,))
    trials = [*plain(20), heard(first, 20, 0.4)]
    assert ask([*trials, *plain(8, 21)]) is None
    second = ask([*trials, *plain(9, 21)])
    assert second is not None
    assert second.params["augmentation"] == "noise"
    assert second.parents == (29,)


def test_after_each_kind_the_algorithm_chooses_kind_and_strength() -> None:
    trials = plain(80)
    for number in range(80, 90):
        proposal = ask(trials)
        if proposal is None:
            break
        trials.append(heard(proposal, number, 0.4, 0.4, 0.4))
    strengths = [t.params["augmentation_strength"] for t in trials if t.proposer == AUDITION]
    assert len(strengths) == 7
    assert strengths[:2] == [0.5, 0.5]
    assert all(0.1 <= strength <= 1 for strength in strengths)
    assert len(set(strengths)) > 3


def test_what_has_helped_is_tried_at_once_on_a_new_best_trial() -> None:
    first = ask(plain(20))
    assert first is not None
    trials = [*plain(20), heard(first, 20, 0.9, 0.9, 0.9, kept=True)]
    assert ask(trials) is None
    trials += plain(1, 21)
    again = ask(trials)
    assert again is not None
    assert (again.params["augmentation"], again.parents) == ("smote", (21,))
    assert ask([*trials, heard(again, 22, 0.4)]) is None
    late = [*trials, heard(again, 22, 0.4), *(make_trial(number, 0.1) for number in range(23, 40))]
    other = ask(late)
    assert other is not None
    assert other.params["augmentation"] == "noise"


def test_only_a_whole_boosted_trial_without_augmentation_is_a_twin() -> None:
    unfit = [
        *[make_trial(n, 0.9, 0.9, 0.9, params={"family": "linear"}) for n in range(5)],
        *[make_trial(n, 0.9, 0.9, 0.9, params=PARAMS, share=0.5) for n in range(5, 10)],
        *[make_trial(n, 0.9, params=PARAMS) for n in range(10, 15)],
        *[make_trial(n, 0.9, 0.9, 0.9, params={"augmentation": "noise"}) for n in range(15, 20)],
    ]
    assert ask(unfit) is None
    found = ask([*unfit, make_trial(20, 0.1, 0.1, 0.1, params=PARAMS)])
    assert found is not None
    assert found.parents == (20,)
    assert twin_of(found, [*unfit, make_trial(20, 0.1, 0.1, 0.1)]) == make_trial(20, 0.1, 0.1, 0.1)
    assert twin_of(Proposal(PARAMS, "tpe", parents=(3,)), unfit) is None
