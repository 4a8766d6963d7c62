import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.evaluation.wording import figure, named, quoted, told_apart


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.832, "0.83"),
        (0.9949, "0.995"),
        (0.9996, "0.9996"),
        (-0.9996, "-0.9996"),
        (1 - 3e-7, "1.00"),
        (1.0, "1.00"),
        (9.996, "10.0"),
        (12.34, "12.3"),
        (999.6, "1,000"),
        (1234.5, "1,234"),
        (123456789.0, "123,456,789"),
        (2e12, "2e+12"),
        (0.00123, "0.00123"),
        (0.0, "0"),
        (-0.0, "0"),
        (math.inf, "inf"),
    ],
)
def test_figures_have_no_exponent_and_do_not_round_to_one(value: float, shown: str) -> None:
    assert figure(value) == shown


@given(st.lists(st.floats(-1e8, 1e8).map(lambda value: round(value, 3)), min_size=2, max_size=4))
def test_what_is_told_is_near_the_value_and_equal_only_where_that_is(values: list[float]) -> None:
    texts = told_apart(*values)
    for value, text in zip(values, texts, strict=True):
        assert float(text.replace(",", "")) == pytest.approx(value, rel=0.005, abs=0.5 if abs(value) > 999 else 0.006)
    (a, one), (b, other) = zip(values[:2], texts[:2], strict=True)
    assert a != b or one == other
    assert one != other or a == pytest.approx(b, rel=1e-4, abs=1e-4)


def test_names_are_the_fields_own() -> None:
    assert [named(name) for name in ("mcc", "r2", "log_loss", "roc_auc", "f1")] == [
        "MCC", "R²", "log loss", "ROC AUC", "F1",
    ]  # fmt: skip


@pytest.mark.parametrize(("value", "shown"), [("a b", "'a b'"), (True, "true"), (2.0, "2"), (2.5, "2.5"), ("1", "'1'")])
def test_text_is_quoted(value: Any, shown: str) -> None:
    assert quoted(value) == shown
