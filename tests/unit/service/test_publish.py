from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import orjson
import pytest

from automl.bundles.decisionfile import decision_to_json
from automl.decisions.decision import Decision
from automl.evaluation.judged import Judged
from automl.evaluation.judgement import Judgement
from automl.types import Json
from registry import ModelVersion, ObjectStore, Registry, connect
from registry.errors import NotFound, StoreUnavailable
from service.jobs import publish as publishing
from service.jobs.duel import Duel, beats, fight
from service.jobs.publish import publish
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


def judgement(noise: float, rows: int = 400, begin: int = 0) -> bytes:
    """What a model with so much noise says of rows whose truth is the same for all."""
    numbers = np.arange(begin, begin + rows)
    target = (np.random.default_rng(0).random(2000) < 0.3).astype(np.int64)[numbers]
    score = 2.0 * target - 1 + noise * np.random.default_rng(int(100 * noise)).normal(size=2000)[numbers]
    p = 1 / (1 + np.exp(-score))
    called = (p > 0.5).astype(np.int64)
    judged = Judged(task="binary", classes=[0, 1], target=target, outputs=np.c_[1 - p, p], predicted=called)
    return Judgement.of(numbers, judged, 2000).to_bytes()


def of_noise(noise: float, interval: Measured, **rows: int) -> Product:
    return replace(product(interval), judgement=judgement(noise, **rows))


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


def test_a_paired_test_finds_what_intervals_hide(registry: Registry) -> None:
    publish(registry, run(1), of_noise(2.0, SIMILAR))
    version = publish(registry, run(2), of_noise(1.0, SIMILAR))
    assert names(registry) == {"champion": 2}
    reason = registry.aliases.history("m", "champion")[0].reason
    assert reason.startswith("roc_auc +0.")
    assert "against version 1 on the same 400 rows, p = " in reason
    (told,) = orjson.loads(registry.versions.report(version))["comparisons"]
    assert (told["against"], told["model_version"], told["on"]) == ("champion", "m:1", "holdout")
    assert told["low"] > 0
    assert told["p_value"] < 0.05


def test_a_paired_test_is_not_taken_in_by_values(registry: Registry) -> None:
    """By their intervals the second would win; the rows say that it answers just as the first does."""
    publish(registry, run(1), of_noise(1.0, WEAK))
    publish(registry, run(2), of_noise(1.0, STRONG))
    publish(registry, run(3), of_noise(2.0, STRONG))
    assert names(registry) == {"champion": 1, "challenger": 3}
    assert "roc_auc -0." in registry.aliases.history("m", "challenger")[0].reason


def test_a_champion_is_compared_by_the_rule_that_it_has_now(registry: Registry) -> None:
    by_f1 = [replace(of_noise(noise, WEAK), manifest=product(WEAK, metric="f1").manifest) for noise in (1.0, 2.0, 1.0)]
    publish(registry, run(1), by_f1[0])
    publish(registry, run(2), by_f1[1])
    assert names(registry) == {"champion": 1, "challenger": 2}
    registry.decisions.set("m", 1, decision_to_json(Decision(threshold=0.999)), by="test")
    publish(registry, run(3), by_f1[2])
    assert names(registry)["champion"] == 3


@pytest.mark.parametrize("changes", [
    {"metric": "brier"},
    {"classes": ["0", "1"]},
])  # fmt: skip
def test_rows_that_judged_both_decide_by_the_new_metric_whatever_the_old_one(
    registry: Registry, changes: dict[str, Json]
) -> None:
    first = of_noise(2.0, STRONG)
    publish(registry, run(1), replace(first, manifest={**first.manifest, **changes}))
    publish(registry, run(2), of_noise(1.0, WEAK))
    assert names(registry) == {"champion": 2}
    assert "on the same 400 rows" in registry.aliases.history("m", "champion")[0].reason


def test_classes_in_another_order_are_compared_all_the_same(registry: Registry) -> None:
    first = of_noise(1.0, WEAK)
    assert first.judgement is not None
    given = Judgement.from_bytes(first.judgement)
    turned = replace(given, judged=given.judged.renumbered([1, 0])).to_bytes()
    publish(registry, run(1), replace(first, manifest={**first.manifest, "classes": [1, 0]}, judgement=turned))
    version = publish(registry, run(2), of_noise(1.0, STRONG))
    (told,) = orjson.loads(registry.versions.report(version))["comparisons"]
    assert (told["rows"], told["difference"], told["p_value"]) == (400, 0.0, 1.0)


def test_the_same_test_table_judges_whatever_was_learnt_from(registry: Registry) -> None:
    for number, noise in ((1, 2.0), (2, 1.0)):
        made, tables = (
            of_noise(noise, SIMILAR),
            {"dataset_digest": f"sha256:{number}", "test_dataset_digest": "sha256:t"},
        )
        publish(registry, run(number), replace(made, manifest={**made.manifest, "lineage": tables}))
    assert names(registry) == {"champion": 2}


def test_a_champion_that_cannot_be_loaded_stays_and_the_report_says_so(registry: Registry) -> None:
    publish(registry, run(1), of_noise(2.0, WEAK))
    second = of_noise(1.0, STRONG)
    other = {**second.manifest, "lineage": {"dataset": "ds_2", "dataset_digest": "sha256:2"}}
    version = publish(registry, run(2), replace(second, manifest=other))
    assert names(registry) == {"champion": 1, "challenger": 2}
    (told,) = orjson.loads(registry.versions.report(version))["comparisons"]
    assert (told["rows"], told["difference"], told["p_value"]) == (0, None, None)
    assert told["detail"].startswith("cannot be compared with version 1: ")
    assert "bundle" in told["detail"]


def test_a_champion_that_is_gone_is_told_too(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(registry, run(1), product(WEAK))

    def gone(*_: object) -> None:
        raise NotFound("gone")

    monkeypatch.setattr(type(registry.versions), "get", gone)
    version = publish(registry, run(2), product(STRONG))
    (told,) = orjson.loads(registry.versions.report(version))["comparisons"]
    assert (told["model_version"], told["detail"]) == ("m:1", "version 1 is not in the registry any more")


def test_a_champion_is_met_once_for_the_report_and_the_alias(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(registry, run(1), product(WEAK))
    met: list[int] = []

    def counted(registry: Registry, product: Product, champion: ModelVersion, directory: Path | None) -> Duel:
        met.append(champion.number)
        return fight(registry, product, champion, directory)

    monkeypatch.setattr(publishing, "fight", counted)
    publish(registry, run(2), product(STRONG))
    assert met == [1]


def test_whatever_goes_wrong_in_a_comparison_fails_no_run_but_an_absent_store_is_waited_for(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(registry, run(1), of_noise(2.0, WEAK))

    def fails(error: Exception) -> None:
        def judgement(*_: object) -> None:
            raise error

        monkeypatch.setattr(type(registry.versions), "judgement", judgement)

    fails(StoreUnavailable("down"))
    with pytest.raises(StoreUnavailable):
        publish(registry, run(2), of_noise(1.0, STRONG))
    fails(MemoryError())
    publish(registry, run(2), of_noise(1.0, STRONG))
    assert registry.aliases.get("m", "challenger").reason == "cannot be compared with version 1"


def test_without_rows_in_common_intervals_decide(registry: Registry) -> None:
    publish(registry, run(1), of_noise(1.0, WEAK))
    version = publish(registry, run(2), of_noise(1.0, STRONG, begin=1000))
    assert names(registry) == {"champion": 2}
    (told,) = orjson.loads(registry.versions.report(version))["comparisons"]
    assert (told["against"], told["model_version"], told["rows"], told["p_value"]) == ("champion", "m:1", 0, None)
    assert "intervals decide: roc_auc 0.9 against 0.7 of version 1" in told["detail"]


def test_a_judgement_that_is_none_makes_a_challenger(registry: Registry) -> None:
    publish(registry, run(1), replace(product(WEAK), judgement=b"?"))
    publish(registry, run(2), of_noise(1.0, STRONG))
    assert names(registry) == {"champion": 1, "challenger": 2}
    assert registry.aliases.get("m", "challenger").reason == "cannot be compared with version 1"


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
