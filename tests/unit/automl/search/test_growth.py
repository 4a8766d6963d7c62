"""On how many rows and folds a trial is made."""

from automl.search.growth import Fidelity, Growth
from tests.unit.automl.search.trials import make_trial

SMALL = Growth.of(rows=8000, features=20, outputs=1, folds=5, cores=2)
MIDDLE = Growth.of(rows=30_000, features=20, outputs=2, folds=5, cores=2)
LARGE = Growth.of(rows=1_000_000, features=100, outputs=2, folds=3, cores=2)


def test_small_tables_are_learnt_whole_and_on_all_folds() -> None:
    assert SMALL.fidelity([], 60, 60) == Fidelity(1.0, 5)
    assert SMALL.fidelity([make_trial(0, *[0.5] * 5, seconds=1.5)], 60, 59) == Fidelity(1.0, 5)


def test_and_stay_so_however_slow_that_is() -> None:
    assert SMALL.fidelity([make_trial(0, *[0.5] * 5, seconds=50.0)], 60, 10) == Fidelity(1.0, 5)


def test_a_middling_one_is_probed_on_one_fold_and_then_on_all_where_there_is_time() -> None:
    probe = MIDDLE.fidelity([], 60, 60)
    assert probe == Fidelity(1.0, 2)
    quick = make_trial(0, 0.5, 0.5, seconds=0.5, params={"num_leaves": 31}, proposer="default")
    fidelity = MIDDLE.fidelity([quick], 60, 59)
    assert fidelity == Fidelity(1.0, 5)
    promoted = MIDDLE.promoted([quick], fidelity)
    assert promoted is not None
    assert (promoted.params, promoted.parents) == (quick.params, (0,))
    assert MIDDLE.fidelity([make_trial(0, 0.5, 0.5, seconds=1.5)], 60, 59) == Fidelity(1.0, 2)


def test_no_share_is_below_that_of_the_probe() -> None:
    slow = make_trial(0, 0.5, seconds=20.0, share=0.25)
    assert LARGE.fidelity([slow], 60, 40).share == 0.25


def test_large_tables_grow_with_the_time() -> None:
    probe = LARGE.fidelity([], 100, 100)
    assert 500 / 1_000_000 <= probe.share < 0.02
    assert probe.folds == 2
    trials = [make_trial(0, 0.5, 0.5, seconds=1.0, share=probe.share)]
    few, many = LARGE.fidelity(trials, 100, 90), LARGE.fidelity(trials, 100, 50)
    assert probe.share <= few.share < many.share < 1
    assert few.folds == many.folds == 2
    assert LARGE.fidelity(trials, 100, 1) == many, "and nothing shrinks again"
    assert LARGE.fidelity(trials, 1e6, 9e5) == Fidelity(1.0, 3), "but with time enough"


def test_fewer_rows_of_a_wide_table_save_less_time_than_rows() -> None:
    wide = Growth.of(rows=3600, features=784, outputs=10, folds=5, cores=2)
    probe = make_trial(0, 0.5, 0.5, seconds=1.0, share=wide.fidelity([], 120, 120).share)
    assert probe.share == 500 / 3600
    assert wide.fidelity([probe], 120, 119) == Fidelity(1.0, 2), "where all rows take 2.6 times as long, not 7.2 times"


def test_few_rows_are_judged_by_more_folds() -> None:
    few = Growth.of(rows=512, features=64, outputs=10, folds=5, cores=2)
    assert few.fidelity([], 40, 40).folds == 5, "of 128 rows each"
    assert few.fidelity([make_trial(0, *[0.5] * 5, seconds=9.0)], 40, 31) == Fidelity(1.0, 5)
    some = Growth.of(rows=1600, features=64, outputs=10, folds=5, cores=2)
    assert some.fidelity([], 40, 40).folds == 3, "of 400 rows each"


def test_the_first_trial_is_a_probe_again_when_it_failed() -> None:
    probe = LARGE.fidelity([], 100, 100)
    assert LARGE.fidelity([make_trial(0, share=probe.share)], 100, 99) == probe


def test_the_best_of_few_rows_are_tried_on_many_once_each() -> None:
    trials = [make_trial(number, 0.1 * number, share=0.1, params={"num_leaves": number + 2}) for number in range(6)]
    said = []
    for number in range(6, 10):
        proposal = LARGE.promoted(trials, Fidelity(1.0, 1))
        if proposal is None:
            break
        said.append(proposal.parents)
        trials.append(make_trial(number, 0.5, params=proposal.params, proposer="promoted", parents=proposal.parents))
    assert said == [(5,), (4,), (3,)]
    assert LARGE.promoted(trials[:6], Fidelity(0.1, 1)) is None


def test_the_worse_half_of_few_rows_is_not_tried_on_many() -> None:
    trials = [make_trial(number, 0.1 * number, share=0.1) for number in range(2)]
    proposal = LARGE.promoted(trials, Fidelity(1.0, 1))
    assert proposal is not None
    assert proposal.parents == (1,)
    again = make_trial(2, 0.5, params=proposal.params, proposer="promoted", parents=(1,))
    assert LARGE.promoted([*trials, again], Fidelity(1.0, 1)) is None


def test_trials_of_as_many_rows_are_alike_be_they_stopped() -> None:
    fidelity = Fidelity(1.0, 3)
    assert fidelity.of(make_trial(0, 0.5, 0.5, 0.5))
    assert fidelity.of(make_trial(0, 0.5, state="stopped"))
    assert not fidelity.of(make_trial(0, 0.5)), "which came to its end on one fold"
    assert not fidelity.of(make_trial(0, 0.5, 0.5, 0.5, share=0.5))
    assert not fidelity.of(make_trial(0, *[0.5] * 5))
