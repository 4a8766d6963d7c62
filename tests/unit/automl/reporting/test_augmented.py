"""Augmentation through whole runs: asked for, left to the search, told in the report."""

from dataclasses import replace

import numpy as np
import orjson
import pyarrow as pa
import pytest

from automl import TrainRequest, train
from automl.augment import Mix
from automl.errors import InvalidRequest
from automl.problem import Problem
from automl.reporting import augmented
from automl.reporting.samples import Showing, show
from automl.search import Plan
from automl.splits.split import Rows
from automl.types import Criterion, Sample


def table(rows: int = 400) -> pa.Table:
    """One row of ten is `yes`, and overlaps with the others."""
    rng = np.random.default_rng(5)
    size, city = rng.normal(size=rows), rng.choice(["a", "b", "c"], rows)
    value = size + (city == "a") + rng.normal(size=rows)
    return pa.table(
        {
            "size": np.where(rng.random(rows) < 0.1, np.nan, size).tolist(),
            "city": city.tolist(),
            "when": (np.datetime64("2024-01-01") + rng.integers(0, 300, rows)).astype("datetime64[s]").tolist(),
            "y": np.where(value > np.quantile(value, 0.9), "yes", "no").tolist(),
        }
    )


REQUEST = TrainRequest(target="y", positive="yes", max_trials=6, timeout_s=600)
FEW = Plan(portfolio=False, companions=False, polish=False, seeds=False, recipes=False)


def test_a_list_is_applied_to_every_trial_of_every_family() -> None:
    result = train(table(), replace(REQUEST, augmentation=("smote", "noise")))
    assert {trial.params["augmentation"] for trial in result.trials} == {"smote+noise"}
    assert {trial.state for trial in result.trials} <= {"succeeded", "stopped"}
    assert "linear" in {trial.params.get("family") for trial in result.trials}
    told = result.report["augmentation"]
    assert (told["asked"], told["tried"]) == (["smote", "noise"], [])
    assert told["used"] == [{"augmentation": "smote+noise", "augmentation_strength": 0.5}]
    (sample,) = told["samples"]
    assert sample["augmented"] > sample["rows"]
    assert sample["note"] is None
    cities = table().column("city").to_pylist()
    for pair in sample["pairs"]:
        assert pair["original"]["city"] == cities[pair["row"]]
        assert set(pair["original"]) == set(pair["changed"]) == {"size", "city", "when", "y"}
        assert pair["changed"]["city"] in {"a", "b", "c"}
        assert pair["changed"]["when"].startswith("2024")
    assert orjson.loads(orjson.dumps(told)) == told


def test_none_is_none() -> None:
    result = train(table(), replace(REQUEST, augmentation="none", max_trials=22), plan=FEW)
    assert not any("augmentation" in trial.params for trial in result.trials)
    told = result.report["augmentation"]
    assert told == {"asked": "none", "tried": [], "why": None, "used": [], "samples": []}


def test_auto_says_why_it_tried_nothing() -> None:
    few = train(table(), replace(REQUEST, max_trials=3), plan=FEW)
    assert few.report["augmentation"]["why"] == "The first augmentation is tried after 20 trials, and there were 3."
    folds = train(table(), replace(REQUEST, max_trials=22, folds=2), plan=FEW)
    assert folds.report["augmentation"]["why"].startswith("Only on 3 folds and all rows can a gain be proven")


def test_auto_tries_beside_the_best_and_tells_the_gain() -> None:
    result = train(table(), replace(REQUEST, max_trials=22), plan=FEW)
    trial = result.trials[20]
    (entry,) = result.report["augmentation"]["tried"]
    assert (entry["trial"], entry["augmentation"], trial.proposer) == (20, "class_weights", "augmentation")
    twin = result.trials[entry["twin"]]
    assert {**twin.params, "augmentation": "class_weights", "augmentation_strength": 0.5} == trial.params
    differences = np.subtract(trial.fold_scores, twin.fold_scores[: len(trial.fold_scores)])
    assert entry["gain"]["value"] == pytest.approx(differences.mean())
    assert entry["kept"] == (trial.state == "succeeded")


@pytest.mark.slow
def test_auto_keeps_weights_where_labels_are_cut_at_a_half() -> None:
    """Balanced accuracy at 0.5 is poor on rare classes, and weights mend just that; so would a tuned threshold."""
    likeliest = Criterion("likeliest")
    asked = replace(REQUEST, metric="balanced_accuracy", decision=likeliest, max_trials=32, families=["boosted"])
    asked = replace(asked, refit=False)
    one, two = (train(table(2000), asked) for _ in range(2))
    told = one.report["augmentation"]
    assert told["used"]
    kept = [entry for entry in told["tried"] if entry["kept"]]
    assert kept
    assert all(entry["gain"]["low"] > 0 for entry in kept)
    assert one.bundle.data == two.bundle.data


def test_what_is_named_has_the_strength_that_is_asked_for() -> None:
    asked = replace(REQUEST, augmentation=("noise",), augmentation_strength=0.2, max_trials=1)
    (trial,) = train(table(), asked, plan=FEW).trials
    assert trial.params["augmentation_strength"] == 0.2
    for wrong in (replace(asked, augmentation="auto"), replace(asked, augmentation_strength=0.0)):
        with pytest.raises(InvalidRequest) as refused:
            train(table(), wrong)
        assert refused.value.code == "out-of-range"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("rare_targets",), "augmentation-not-for-task"),
        (("synonyms",), "no-text-column"),
        (("smoke",), "unknown-augmentation"),
        (("smote", "noise", "smote"), "repeated-augmentation"),
        ((), "unknown-augmentation"),
        ("smote", "unknown-augmentation"),
    ],
)
def test_what_cannot_be_done_is_refused(asked: object, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        train(table(60), replace(REQUEST, augmentation=asked))  # type: ignore[arg-type]
    assert refused.value.code == code


def test_samples_keep_the_rows_of_a_rare_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are picked by the targets of the rows to learn from, wherever these stand in the table."""
    seen: list[int] = []

    def look(problem: Problem, sample: Sample, numbers: Rows, mix: Mix, **more: int) -> Showing:
        seen.append(int((sample.target == 1).sum()))
        return show(problem, sample, numbers, mix, **more)

    monkeypatch.setattr(augmented, "show", look)
    rows, rare = 4000, 30
    late = pa.table({"x": np.random.default_rng(0).normal(size=rows), "y": np.arange(rows) >= rows - rare})
    train(late, replace(REQUEST, positive="true", max_trials=1, augmentation=("random_over",), refit=False), plan=FEW)
    assert seen[0] in (19, 20), "of 30 a fold learns from 0.8 x 0.8"


def test_the_report_says_so_where_no_row_was_changed() -> None:
    """The classes are of one size."""
    even = pa.table({"x": np.random.default_rng(0).normal(size=200), "y": np.arange(200) % 2 == 0})
    asked = replace(REQUEST, positive="true", max_trials=1, augmentation=("class_weights",), refit=False)
    (sample,) = train(even, asked, plan=FEW).report["augmentation"]["samples"]
    assert sample["pairs"] == []
    assert sample["note"].startswith("No row could be changed by 'class_weights': ")
