from contextlib import suppress
from itertools import count
from pathlib import Path

import orjson
import pytest

from automl.types import Json
from registry import ObjectStore, Registry, connect
from registry.errors import StoreUnavailable
from service.jobs.publish import beats, publish
from service.jobs.spool import Product
from service.store import Run, utcnow

Measured = dict[str, float | None]


def measured(value: float | None, low: float | None, high: float | None) -> Measured:
    return {"value": value, "low": low, "high": high}


def run(number: int) -> Run:
    return Run(
        id=f"run_{number}", project="p", dataset="ds_1", model="m", request={}, state="running", created_at=utcnow()
    )


def product(interval: Measured, **changes: Json) -> Product:
    same = {"task": "binary", "target": "y", "classes": [0, 1], "metric": "roc_auc"}
    manifest = {**same, "lineage": {"dataset_digest": "sha256:1"}}
    report = {"metrics": {"roc_auc": interval, "brier": interval}}
    return Product(orjson.dumps(interval), {**manifest, **changes}, orjson.dumps(report))


WEAK, SIMILAR, STRONG = measured(0.70, 0.65, 0.75), measured(0.74, 0.69, 0.79), measured(0.90, 0.85, 0.95)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(connect(tmp_path / "store"), project="p")


def names(registry: Registry) -> dict[str, int]:
    return {alias.alias: alias.version for alias in registry.aliases.list("m")}


def test_first_version_is_champion(registry: Registry) -> None:
    version = publish(registry, run(1), product(WEAK))
    assert version.id == "m:1"
    assert names(registry) == {"champion": 1}


def test_better_beyond_noise_becomes_champion(registry: Registry) -> None:
    publish(registry, run(1), product(WEAK))
    publish(registry, run(2), product(STRONG))
    assert names(registry) == {"champion": 2}
    move = registry.aliases.history("m", "champion")[0]
    assert (move.by, move.reason) == ("run_2", "roc_auc 0.9 against 0.7 of version 1")


@pytest.mark.parametrize("second", [
    product(SIMILAR),
    product(WEAK),
    product(STRONG, target="z"),
    product(STRONG, classes=[1, 0]),
    product(STRONG, metric="brier"),
    product(STRONG, lineage={"dataset_digest": "sha256:2"}),
    product(STRONG, lineage={}),
    product(STRONG, lineage={"dataset_digest": "sha256:1", "test_dataset_digest": "sha256:3"}),
    product(STRONG, lineage={"dataset_digest": "sha256:1", "request": {"split": "time", "split_column": "day"}}),
    product(measured(0.9, None, None)),
    Product(b"bundle", product(STRONG).manifest, b"{}"),
])  # fmt: skip
def test_otherwise_it_is_the_challenger(registry: Registry, second: Product) -> None:
    publish(registry, run(1), product(WEAK))
    publish(registry, run(2), second)
    publish(registry, run(3), second)
    assert names(registry) == {"champion": 1, "challenger": 3}


@pytest.mark.parametrize(("metric", "ours", "theirs", "expected"), [
    ("roc_auc", STRONG, WEAK, True),
    ("roc_auc", WEAK, STRONG, False),
    ("rmse", WEAK, STRONG, True),
    ("rmse", STRONG, WEAK, False),
    ("roc_auc", measured(0.80, 0.71, 0.85), WEAK, True),
    ("roc_auc", measured(0.80, 0.69, 0.85), WEAK, False),
    ("roc_auc", measured(0.75, 0.72, 0.80), WEAK, False),
    ("roc_auc", measured(None, None, None), WEAK, False),
])  # fmt: skip
def test_noise(metric: str, ours: Measured, theirs: Measured, *, expected: bool) -> None:
    assert beats(metric, ours, theirs) is expected  # type: ignore[arg-type]


def test_publishing_again_moves_nothing_that_a_person_has_moved(registry: Registry) -> None:
    publish(registry, run(1), product(WEAK))
    publish(registry, run(2), product(STRONG))
    registry.aliases.rollback("m", "champion", by="a person")
    assert publish(registry, run(2), product(STRONG)).number == 2
    assert names(registry) == {"champion": 1}
    assert [version.number for version in registry.versions.list("m")] == [2, 1]


WRITES = 5
"""What a second version writes: pointer, bundle, report, manifest, alias."""


class Failing:
    """A store that fails before or after its n-th write, as one whose host dies or whose reply is lost."""

    def __init__(self, store: ObjectStore, at: int, *, after: bool) -> None:
        self._store, self._at, self._after, self._writes = store, at, after, count()
        self.failed = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def put(self, *args: object, **options: object) -> object:
        fails = next(self._writes) == self._at
        self.failed |= fails
        if fails and not self._after:
            raise StoreUnavailable("down")
        info = self._store.put(*args, **options)  # type: ignore[arg-type]
        if fails:
            raise StoreUnavailable("reply lost")
        return info


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(8))
def test_whichever_write_fails_trying_again_publishes_once(tmp_path: Path, number: int, *, after: bool) -> None:
    store = connect(tmp_path / "store")
    registry = Registry(store, project="p")
    publish(registry, run(1), product(WEAK))
    failing = Failing(store, number, after=after)
    with suppress(StoreUnavailable):
        publish(Registry(failing, project="p"), run(2), product(STRONG))  # type: ignore[arg-type]
    assert failing.failed is (number < WRITES)
    assert publish(registry, run(2), product(STRONG)).number == 2
    assert [version.number for version in registry.versions.list("m")] == [2, 1]
    assert names(registry) == {"champion": 2}
    assert len(registry.aliases.history("m", "champion")) == 2
