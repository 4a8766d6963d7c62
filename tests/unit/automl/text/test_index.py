"""Terms beside scikit-learn's own, and as JSON."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from automl.text import index as module
from automl.text.index import TermIndex, grams_of
from automl.text.tokens import tokenize
from automl.types import Json

TEXTS = [
    "The red house is red",
    "a red house",
    "green house!",
    None,
    "",
    "the old green tree",
    "old tree, old house",
    "my green house",
]


def _reread(index: TermIndex) -> TermIndex:
    return TermIndex.from_json(json.loads(json.dumps(index.to_json(), allow_nan=False)))


def _beside(index: TermIndex, block: int, analyzer: Callable[[str], list[str]]) -> None:
    peer = TfidfVectorizer(analyzer=analyzer, min_df=2, sublinear_tf=True)
    theirs = peer.fit_transform([text or "" for text in TEXTS]).toarray()
    assert sorted(index.names[block]) == sorted(peer.vocabulary_)
    places = [peer.vocabulary_[name] for name in index.names[block]]
    np.testing.assert_allclose(index.transform(TEXTS)[block].toarray(), theirs[:, places], rtol=1e-12)


def _words_and_pairs(text: str) -> list[str]:
    words = [word for word in tokenize(text) if word in {"red", "house", "green", "old", "tree"} or word == "!"]
    pairs = zip(tokenize(text), tokenize(text)[1:], strict=False)
    return words + [f"{one} {other}" for one, other in pairs]


def test_words_and_pairs_weigh_as_scikit_learn_has_it() -> None:
    _beside(TermIndex.fit(TEXTS), 0, _words_and_pairs)


def test_grams_weigh_as_scikit_learn_has_it() -> None:
    _beside(TermIndex.fit(TEXTS), 1, lambda text: [gram for token in tokenize(text) for gram in grams_of(token)])


@given(st.lists(st.none() | st.text(alphabet="abc 12,", max_size=30) | st.text(max_size=20), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_what_is_stored_transforms_alike_and_one_text_as_among_many(texts: list[str | None]) -> None:
    index, learnt = TermIndex.learn(texts)
    again = _reread(index)
    assert (again.names, again.widths) == (index.names, index.widths)
    for block, own, other in zip(learnt, index.transform(texts), again.transform(texts), strict=True):
        assert block.shape[0] == len(texts)
        assert np.isfinite(block.data).all()
        np.testing.assert_array_equal(own.toarray(), block.toarray())
        np.testing.assert_array_equal(other.toarray(), block.toarray())
    alone = [index.transform([text]) for text in texts]
    for number in range(2):
        rows = np.concatenate([terms[number].toarray() for terms in alone])
        np.testing.assert_array_equal(rows, learnt[number].toarray())


def test_only_the_most_frequent_are_kept_and_long_texts_have_no_grams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WORDS", 2)
    monkeypatch.setattr(module, "_MOST_LETTERS", 5)
    index = TermIndex.fit(TEXTS)
    assert index.names == (("house", "green", "green house"), ())
    assert index.transform(TEXTS).grams.shape == (len(TEXTS), 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.pop("grams"),
        lambda it: it.update(words=[*it["words"], it["words"][0]]),
        lambda it: it.update(words=[1, *it["words"][1:]]),
        lambda it: it.update(pairs=[*it["pairs"], [0, len(it["words"])]]),
        lambda it: it.update(pairs=it["pairs"][::-1]),
        lambda it: it.update(counts=it["counts"][1:]),
        lambda it: it.update(counts=[0, *it["counts"][1:]]),
        lambda it: it.update(counts=[1.5, *it["counts"][1:]]),
        lambda it: it.update(texts=1),
        lambda it: it.update(texts=True),
    ],
)
def test_what_no_index_has_written_is_refused(change: Callable[[dict[str, Any]], Json]) -> None:
    document = TermIndex.fit(TEXTS).to_json()
    change(document)
    with pytest.raises(ValueError, match=r"."):
        TermIndex.from_json(document)
