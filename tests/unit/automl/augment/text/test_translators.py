"""Which engine a setting names, and which one a run's rows are translated by."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from automl.augment import Mix, TrainingRows, augment
from automl.augment.text.apertium import Apertium
from automl.augment.text.ctranslate import CTranslate2
from automl.augment.text.libretranslate import LibreTranslate
from automl.augment.text.translators import in_use, translator_of, use
from automl.checks.augmentation import check_augmentation
from automl.errors import InvalidRequest
from automl.features.encoder import FeatureEncoder
from automl.search import Material, Views
from automl.types import Column, TrainRequest
from tests.servers.translation import libre_translate


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = in_use()
    yield
    use(before)


def test_a_setting_names_an_engine() -> None:
    assert translator_of("apertium") == Apertium()
    assert translator_of("ctranslate2:/srv/models") == CTranslate2(Path("/srv/models"))
    assert translator_of("https://translate.example/", "key") == LibreTranslate("https://translate.example", "key")
    names = {translator_of(setting).name for setting in ("apertium", "ctranslate2:a", "ctranslate2:b", "http://c")}
    assert len(names) == 4
    for wrong in ("", "ctranslate2:", "google", "ftp://x"):
        with pytest.raises(ValueError, match="names no translator"):
            translator_of(wrong)


def test_the_material_carries_the_engine_to_its_folds() -> None:
    frame = {"note": np.array([f"a longer note {row}" for row in range(20)], dtype=object)}
    encoder = FeatureEncoder.fit(frame, [Column("note", "text")])
    with libre_translate() as libre:
        use(LibreTranslate(libre.url))
        material = Material(
            matrix=encoder.transform(frame),
            target=np.arange(20) % 2,
            folds=((np.arange(10), np.arange(10, 20)),),
            task="binary",
            metric="roc_auc",
            n_classes=2,
            texts=encoder.texts(frame),
        )
        use(Apertium())  # as a cluster's worker has it
        augmented = Views(material).view(0, mix=Mix(("back_translation",), 1.0)).augmented
    assert augmented is not None
    (column,) = augmented.texts
    assert column.values[10:].tolist() == [f"a longer note {row} es en" for row in range(10)]


def test_rows_by_themselves_go_by_what_the_process_uses() -> None:
    frame = {"note": np.array(["a longer note", None, "another long one"], dtype=object)}
    encoder = FeatureEncoder.fit(frame, [Column("note", "text")])
    with libre_translate() as libre:
        use(LibreTranslate(libre.url))
        rows = TrainingRows.of(
            encoder.transform(frame),
            np.zeros(3),
            categorical=(),
            task="regression",
            n_classes=0,
            texts=encoder.texts(frame),
        )
        after = augment(rows, Mix(("back_translation",), 1.0), [0])
        check_augmentation(TrainRequest(target="y", augmentation=["back_translation"]), "binary", texts=True)
    assert after.origin.tolist() == [0, 1, 2, 0, 2]
    with pytest.raises(InvalidRequest, match="does not answer") as refused:
        check_augmentation(TrainRequest(target="y", augmentation=["back_translation"]), "binary", texts=True)
    assert refused.value.code == "no-translator"
