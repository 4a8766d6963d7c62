import numpy as np
import pytest

from automl.features.encoder import FeatureEncoder
from automl.features.texts import Texts
from automl.types import Column, Frame

TEXTS = ["red house", None, "green house", "red green", ""]


def _strings(*values: str | None) -> np.ndarray:
    return np.array(values, dtype=object)


def test_only_changed_texts_are_taken_apart_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    frame: Frame = {"note": _strings(*TEXTS)}
    encoder, (column,) = FeatureEncoder.learn(frame, [Column("note", "text")])
    asked: list[str | None] = []
    found = Texts.terms

    def terms(self: Texts, values: np.ndarray) -> object:
        asked.extend(values.tolist())
        return found(self, values)

    monkeypatch.setattr(Texts, "terms", terms)
    joined = column.joined(_strings("red house", None, "house house"), np.array([0, 1, 3]))
    assert asked == ["house house"]
    assert joined.values.tolist() == [*TEXTS, "red house", None, "house house"]
    (whole,) = encoder.texts({"note": joined.values})
    for block, expected in zip(joined.terms, whole.terms, strict=True):
        np.testing.assert_array_equal(block.toarray(), expected.toarray())


def test_what_is_learnt_at_once_is_what_is_fitted_and_then_applied() -> None:
    frame: Frame = {"note": _strings(*TEXTS), "size": np.arange(5.0)}
    columns = [Column("size", "numeric"), Column("note", "text")]
    encoder, (learnt,) = FeatureEncoder.learn(frame, columns)
    again = FeatureEncoder.fit(frame, columns)
    assert again.to_json() == encoder.to_json()
    (column,) = again.texts(frame)
    assert (column.name, column.features) == (learnt.name, learnt.features) == ("note", (1, 2, 3, 4, 5))
    for block, expected in zip(column.terms, learnt.terms, strict=True):
        np.testing.assert_array_equal(block.toarray(), expected.toarray())
