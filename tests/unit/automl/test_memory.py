"""How much a run takes on, by estimate, and how much it was seen to take."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.errors import TooLarge
from automl.memory import MB, Load, PeakMemory, fit_into

LOAD = Load(
    tables=800 * MB,
    texts=0,
    rows=1_000_000,
    learnt=800_000,
    judged=200_000,
    columns=100,
    features=100,
    outputs=2,
    folds=1,
    kept=27,
)


def test_what_fits_is_carried_whole_and_as_much_at_once_as_fits_too() -> None:
    roomy = fit_into(LOAD, 10 * LOAD.peak(), cores=4, must_copy=False)
    assert roomy == replace(LOAD, at_once=4)
    tight = fit_into(LOAD, replace(LOAD, at_once=2).peak(), cores=4, must_copy=False)
    assert tight == replace(LOAD, at_once=2)


def test_copies_go_first_and_rows_next() -> None:
    lean = replace(LOAD, copies=False)
    assert fit_into(LOAD, LOAD.peak() - 1, cores=1, must_copy=False) == lean
    fewer = fit_into(LOAD, lean.peak() - 1, cores=1, must_copy=False)
    assert (fewer.copies, fewer.learnt) == (False, 720_000)
    asked = fit_into(LOAD, LOAD.peak() - 1, cores=1, must_copy=True)
    assert (asked.copies, asked.learnt) == (True, 720_000)


def test_what_cannot_fit_is_refused_with_what_to_do() -> None:
    with pytest.raises(TooLarge) as caught:
        fit_into(LOAD, LOAD.tables, cores=2, must_copy=False)
    assert caught.value.code == "too-large"
    assert "800 MB" in caught.value.detail


@given(st.integers(1, 40), st.integers(1, 8), st.booleans())
def test_no_core_changes_what_is_learnt(gigabytes: int, cores: int, must_copy: bool) -> None:  # noqa: FBT001
    def tried(count: int) -> Load | None:
        try:
            found = fit_into(LOAD, gigabytes * 1024 * MB, cores=count, must_copy=must_copy)
        except TooLarge:
            return None
        assert found.peak() <= gigabytes * 1024 * MB
        return replace(found, at_once=1)

    assert tried(cores) == tried(1)


def test_the_peak_is_seen_though_it_is_past() -> None:
    with PeakMemory() as seen:
        before = seen.bytes
        held = np.ones(20_000_000)
        while seen.bytes == before:
            held += 1
        del held
    assert before is not None
    assert seen.bytes is not None
    assert seen.bytes >= before + 100_000_000
