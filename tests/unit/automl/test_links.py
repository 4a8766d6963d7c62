"""What scores say of values under each link."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.links import Scale, deviances, read_most

AMOUNTS = st.floats(0, 1e6)


@given(st.lists(AMOUNTS, min_size=2, max_size=20).filter(lambda values: sum(values) > 1e-3))
def test_perfect_scores_say_the_values(amounts: list[float]) -> None:
    target = np.array(amounts)
    plain, logs = Scale.of(target, "identity"), Scale.of(target, "log")
    np.testing.assert_allclose(plain.values(plain.wanted(target)), target, atol=1e-6)
    np.testing.assert_allclose(plain.said(plain.wanted(target)), plain.wanted(target))
    scores = np.log(np.maximum(logs.wanted(target), 1e-30))
    np.testing.assert_allclose(logs.values(scores), target, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(logs.said(scores), logs.wanted(target), rtol=1e-9, atol=1e-9)


@given(AMOUNTS, st.floats(-20, 20))
def test_the_gradient_is_that_of_the_deviance_and_is_none_at_the_truth(wanted: float, score: float) -> None:
    step = 1e-6
    values = deviances(np.array([score - step, score + step]), np.array([wanted, wanted]))[0]
    slope = deviances(np.array([score]), np.array([wanted]))[1][0]
    assert (values[1] - values[0]) / (2 * step) == pytest.approx(slope, rel=1e-3, abs=1e-3 * (1 + values[0]))
    if wanted > 1e-3:
        assert deviances(np.log(np.array([wanted])), np.array([wanted]))[1][0] == pytest.approx(0, abs=1e-9 * wanted)


def test_no_answer_under_a_log_link_is_far_above_all_that_was_learnt_from() -> None:
    scale = Scale.of(np.array([1.0, 3.0]), "log")
    assert scale.values(np.array([0.0, 99.0])) == pytest.approx([2.0, 6.0])


def test_a_stored_one_can_say_nothing_infinite() -> None:
    assert read_most({}, "binary") is None
    most = read_most({"most": 700.0}, "regression")
    assert most is not None
    assert np.isfinite(np.exp(most))
    for said in (701.0, float("nan"), float("inf"), None, "1", 1, True):
        with pytest.raises(ValueError, match="no number"):
            read_most({"most": said}, "regression")
    with pytest.raises(ValueError, match="no number"):
        read_most({"most": 1.0}, "binary")
