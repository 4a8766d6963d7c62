"""Translation by real models of CTranslate2, of random weights: how texts go through them, not what becomes of them."""

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from automl.augment.text import ctranslate
from automl.augment.text.ctranslate import CTranslate2

TEXTS = ["The house is very big. Please cancel my subscription.", "the house", "", "zzz ?", "one.\ntwo"]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    pytest.importorskip("ctranslate2")
    from tests.unit.automl.augment.text.tiny_models import make_models  # noqa: PLC0415 - needs the extra

    yield make_models(tmp_path_factory.mktemp("models"))
    ctranslate._loaded.cache_clear()


def test_each_text_gives_one_and_the_same_however_many_come(models: Path) -> None:
    engine = CTranslate2(models)
    assert engine.missing() is None
    together = engine.there_and_back(TEXTS)
    assert together == [engine.there_and_back([text])[0] for text in TEXTS]
    assert together == CTranslate2(models).there_and_back(TEXTS)
    assert together[2] == ""
    assert all(said for text, said in zip(TEXTS, together, strict=True) if text)
    assert engine.there_and_back([]) == []


def test_both_models_and_every_sentence_have_their_part(models: Path) -> None:
    first, second = (ctranslate._loaded(models / way) for way in ("there", "back"))
    assert first(["the house"]) != second(["the house"])
    assert CTranslate2(models).there_and_back(["the house"]) == second(first(["the house"]))
    two = ctranslate._by_sentence(first, ["the house. is very big."])
    assert two == [" ".join(first(["the house.", "is very big."]))]


def test_the_end_of_a_sentence_is_put_there_once(models: Path, tmp_path: Path) -> None:
    other = tmp_path / "model"
    other.mkdir()
    for file in (models / "there").iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "add_source_eos": True}))
    assert ctranslate._loaded(other)(TEXTS[:2]) == ctranslate._loaded(models / "there")(TEXTS[:2])


def test_what_it_is_missing(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there/model.bin" in (CTranslate2(tmp_path).missing() or "")
    assert str(tmp_path) not in (CTranslate2(tmp_path).missing() or "")
    monkeypatch.setattr(ctranslate, "find_spec", lambda name: None)
    assert "extra `ctranslate2`" in (CTranslate2(models).missing() or "")
    assert importlib.util.find_spec("ctranslate2")
