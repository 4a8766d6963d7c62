import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from automl.ranking import Ranking, thin


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), st.integers(0, 3)),
        min_size=1,
        max_size=30,
    )
)
def test_counts_are_those_of_flagging_from_each_score_on(rows: list[tuple[bool, float, int]]) -> None:
    positive, score, weight = (np.array(column) for column in zip(*rows, strict=True))
    ranking = Ranking(positive, score)
    hits, misses = ranking.counts(weight.astype(float))
    assert ranking.scores.tolist() == sorted(set(score.tolist()), reverse=True)
    for i, cut in enumerate(ranking.scores):
        assert hits[i] == weight[(score >= cut) & positive].sum()
        assert misses[i] == weight[(score >= cut) & ~positive].sum()


@given(st.integers(1, 500), st.integers(2, 50))
def test_thin_keeps_both_ends_and_no_more_than_asked(length: int, most: int) -> None:
    kept = thin(length, most)
    assert len(kept) == min(length, most)
    assert (kept[0], kept[-1]) == (0, length - 1)


@given(st.integers(0, 2**32 - 1))
def test_counts_never_fall_whatever_the_weights(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ranking = Ranking(rng.random(50) < 0.7, rng.random(50))
    for counts in ranking.counts(rng.random(50)):
        assert np.diff(counts, prepend=0.0).min() >= 0
