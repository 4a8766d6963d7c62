from typing import Any

import pytest

from automl.archive import dump_json
from automl.errors import InvalidBundle
from automl.manifest import open_manifest, seal, sha256
from automl.types import Json

MEMBER = {"weight": 1.0, "family": "boosted", "extensions": [None]}
PARTS: dict[str, Json] = {
    "task": "binary",
    "target": "churned",
    "columns": [{"name": "age", "type": "numeric"}],
    "classes": [False, True],
    "threshold": {"value": 0.4, "metric": "f1", "score": 0.8},
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
    assert document["format"] == 1
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
        ("threshold", {"value": 2.0, "metric": "f1", "score": 1.0}),
        ("threshold", {"value": "0.5", "metric": "f1", "score": 1.0}),
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
        ("metric", "luck"),
        ("more", 1),
    ],
)
def test_a_well_sealed_but_wrong_manifest_is_refused(field: str, value: Json) -> None:
    with pytest.raises(InvalidBundle) as refused:
        open_manifest(_sealed(**{field: value}))
    assert refused.value.code == "invalid-bundle"


def test_another_format_is_named() -> None:
    files = _sealed()
    files["manifest.json"] = files["manifest.json"].replace(b'"format":1', b'"format":2')
    with pytest.raises(InvalidBundle, match="number 1"):
        open_manifest(files)


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
