from typing import Any

import pytest

from automl.archive import dump_json
from automl.bundles.manifest import open_manifest, seal, sha256
from automl.decisions.decision import Decision
from automl.errors import InvalidBundle
from automl.types import Criterion, Json

MEMBER = {"weight": 1.0, "family": "boosted", "extensions": [None]}
CRITERION = {"by": "f1", "at": None, "costs": None}
DECISION = {"criterion": CRITERION, "threshold": 0.4, "offsets": [], "met": True, "gives": {"f1": 0.8}}
PARTS: dict[str, Json] = {
    "task": "binary",
    "target": "churned",
    "columns": [{"name": "age", "type": "numeric"}],
    "classes": [False, True],
    "decision": DECISION,
    "calibration": "platt",
    "members": [MEMBER],
    "metric": "roc_auc",
    "metrics": {"roc_auc": {"value": 0.9, "low": None, "high": None}},
    "lineage": {"dataset": "ds_1"},
    "sample": {"age": 40.0},
    "libraries": {"lightgbm": "4.7.0"},
}
FILES = {"model-0-0.txt": b"tree"}


def _sealed(**changes: Any) -> dict[str, bytes]:
    return {**FILES, "manifest.json": dump_json(seal({**PARTS, **changes}, FILES))}


def test_a_sealed_manifest_opens_and_keeps_its_types() -> None:
    manifest, document = open_manifest(_sealed())
    assert manifest.classes == [False, True]
    assert document["format"] == 2
    assert manifest.decision
    assert manifest.decision.to_decision() == Decision(Criterion("f1"), 0.4, gives={"f1": 0.8})
    assert manifest.tells_others
    assert document["files"] == {"model-0-0.txt": {"bytes": 4, "sha256": sha256(b"tree")}}


@pytest.mark.parametrize("classes", [["1", "0"], [0, 1], [0.5, 1.5], [False, True]])
def test_labels_keep_their_type(classes: list[Json]) -> None:
    manifest, _ = open_manifest(_sealed(classes=classes))
    assert [(label, type(label)) for label in manifest.classes] == [(label, type(label)) for label in classes]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("task", "ranking"),
        ("target", 1),
        ("columns", [{"name": 1}]),
        ("classes", [True]),
        ("classes", [None, 1]),
        ("classes", []),
        ("task", "regression"),
        ("decision", None),
        ("decision", {**DECISION, "threshold": 2.5}),
        ("decision", {**DECISION, "threshold": "0.5"}),
        ("decision", {**DECISION, "threshold": None}),
        ("decision", {**DECISION, "offsets": [0.0, 0.0]}),
        ("decision", {**DECISION, "criterion": {**CRITERION, "by": "luck"}}),
        ("decision", {**DECISION, "more": 1}),
        ("calibration", "prayer"),
        ("members", []),
        ("members", [{**MEMBER, "weight": 0.5}]),
        ("members", [{**MEMBER, "weight": -1.0}, {**MEMBER, "weight": 2.0}]),
        ("members", [{**MEMBER, "weight": True}]),
        ("members", [{**MEMBER, "family": "forrest"}]),
        ("members", [{**MEMBER, "extensions": []}]),
        ("members", [{**MEMBER, "extensions": [None] * 201}]),
        ("members", [{**MEMBER, "extensions": [1]}]),
        ("members", [{**MEMBER, "extensions": [0, 2]}]),
        ("members", [{**MEMBER, "extensions": [1, 0]}]),
        ("members", [{**MEMBER, "extensions": [-1]}]),
        ("members", [{**MEMBER, "extensions": [False]}]),
        ("members", [{**MEMBER, "extensions": [0.0]}]),
        ("members", [{**MEMBER, "weight": 0.5, "extensions": [None] * 101}] * 2),
        ("reach", 1.0),
        ("metric", "luck"),
        ("more", 1),
    ],
)
def test_a_well_sealed_but_wrong_manifest_is_refused(field: str, value: Json) -> None:
    with pytest.raises(InvalidBundle) as refused:
        open_manifest(_sealed(**{field: value}))
    assert refused.value.code == "invalid-bundle"


VALUES = {"task": "regression", "classes": [], "decision": None, "calibration": None}


@pytest.mark.parametrize("reach", [0.0, -1.0, True, "1", [1.0]])
def test_the_reach_is_a_number_above_0_for_several_members_of_a_regression(reach: Json) -> None:
    two = [{**MEMBER, "weight": 0.5}] * 2
    assert open_manifest(_sealed(**VALUES, members=two, reach=1.5))[0].reach == 1.5
    assert open_manifest(_sealed(**VALUES, members=two))[0].reach is None
    for wrong in ({"members": two, "reach": reach}, {"reach": 1.5}):
        with pytest.raises(InvalidBundle):
            open_manifest(_sealed(**VALUES, **wrong))


@pytest.mark.parametrize("number", [b"0", b"3", b"1.0", b"true", b"null"])
def test_another_format_is_refused(number: bytes) -> None:
    files = _sealed()
    files["manifest.json"] = files["manifest.json"].replace(b'"format":2', b'"format":' + number)
    with pytest.raises(InvalidBundle, match="those up to 2"):
        open_manifest(files)


def _first(**changes: Any) -> dict[str, bytes]:
    """A manifest of format 1."""
    parts = {name: value for name, value in PARTS.items() if name not in ("decision", "calibration")}
    return {**FILES, "manifest.json": dump_json(seal({**parts, **changes}, FILES, 1))}


def test_the_first_format_had_a_threshold_for_a_metric() -> None:
    manifest, document = open_manifest(_first(threshold={"value": 0.4, "metric": "f1", "score": 0.8}))
    assert document["format"] == 1
    assert manifest.decision
    assert manifest.decision.to_decision() == Decision(Criterion("f1"), 0.4, gives={"f1": 0.8})
    assert (manifest.calibration, manifest.tells_others) == (None, False)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"threshold": None},
        {"threshold": 0.4},
        {"threshold": {"value": 0.4}},
        {"threshold": {"value": 3.0, "metric": "f1", "score": 0.8}},
        {"threshold": {"value": 0.4, "metric": "f1", "score": 0.8}, "more": 1},
    ],
)
def test_a_first_format_that_never_was_is_refused(changes: dict[str, Json]) -> None:
    with pytest.raises(InvalidBundle):
        open_manifest(_first(**changes))


@pytest.mark.parametrize("document", [b"[]", b"null", b'{"format":1}', b'{"files":[],"format":1}'])
def test_json_that_is_no_manifest_is_refused(document: bytes) -> None:
    with pytest.raises(InvalidBundle):
        open_manifest({"manifest.json": document})


@pytest.mark.parametrize("changed", [{"model-0-0.txt": b"Tree"}, {"model-0-1.txt": b"tree"}, {}])
def test_files_that_the_manifest_does_not_know_are_refused(changed: dict[str, bytes]) -> None:
    with pytest.raises(InvalidBundle, match="changed"):
        open_manifest({**changed, "manifest.json": _sealed()["manifest.json"]})


def test_the_manifest_guards_itself() -> None:
    files = _sealed()
    files["manifest.json"] = files["manifest.json"].replace(b"churned", b"gambled")
    with pytest.raises(InvalidBundle, match="changed"):
        open_manifest(files)


def test_a_bundle_without_a_manifest_is_refused() -> None:
    with pytest.raises(InvalidBundle, match="no manifest"):
        open_manifest(FILES)
