"""Which trials answer together, of outcomes that are made up."""

import numpy as np
import pytest

from automl.search import Outcome
from automl.selection.blend import choose
from tests.unit.automl.search.trials import make_trial

RNG = np.random.default_rng(0)
TARGET = RNG.normal(size=200)
POOL = [Outcome(make_trial(i, 0.5), (), np.arange(200), TARGET + RNG.normal(size=200)) for i in range(3)]


@pytest.mark.parametrize("additive", [False, True])
def test_members_are_held_near_each_other_unless_they_must_add_up(additive: bool) -> None:  # noqa: FBT001 - a case
    blend = choose(POOL, TARGET, "rmse", affordable=lambda _: True, additive=additive)
    assert blend
    assert len(blend.outcomes) > 1
    assert (blend.reach is None) == additive
    plain = sum(weight * each.outputs for weight, each in zip(blend.weights, blend.outcomes, strict=True))
    assert np.allclose(blend.outputs, plain) == additive
