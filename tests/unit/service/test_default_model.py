import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import check_name
from service.usecases.runs import default_model


@given(name=st.text(), target=st.text())
def test_always_a_name_that_a_model_may_have(name: str, target: str) -> None:
    made = default_model(name, target)
    assert check_name("model", made) == made


@pytest.mark.parametrize(
    ("name", "target", "made"),
    [
        ("german_credit.csv", "class", "german-credit-class"),
        ("Orders 2026.parquet", "Is Fraud?", "orders-2026-is-fraud"),
        ("日本語", "目的", "model"),
        ("a.csv.gz", "", "a"),
        ("x" * 200, "y" * 200, f"{'x' * 31}-{'y' * 31}"),
    ],
)
def test_made_from_what_it_learns_and_what_it_predicts(name: str, target: str, made: str) -> None:
    assert default_model(name, target) == made
