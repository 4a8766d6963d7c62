import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import automl
from automl.archive import dump_json, load_json, read_archive, write_archive
from automl.bundles.bundle import Bundle, load_bundle, pack
from automl.bundles.manifest import seal
from automl.decisions.calibrators import Calibrator, Curve, Isotonic, Scaling
from automl.decisions.decision import Decision
from automl.errors import InvalidBundle
from automl.predictor import Predictor
from automl.types import Criterion, Frame, Json, Task

Make = Callable[[Task], Predictor]
TASKS: list[Task] = ["binary", "multiclass", "regression"]
CURVE = Curve((0.0, 0.4, 1.0), (0.1, 0.2, 0.7))
SCALING: dict[Task, Calibrator] = {"binary": Scaling(0.5, (0.2, -0.2)), "multiclass": Scaling(2.0, (0.0, 0.0, 0.0))}
ISOTONIC: dict[Task, Calibrator] = {"binary": Isotonic((CURVE,)), "multiclass": Isotonic((CURVE,) * 3)}


def _pack(predictor: Predictor, frame: Frame) -> Bundle:
    metrics = {"rmse": {"value": 1.0, "low": 0.9, "high": 1.1}}
    return pack(predictor, frame, metric="rmse", metrics=metrics, lineage={"seed": 7})


def _reseal(files: dict[str, bytes], **parts: Json) -> bytes:
    """Files under a manifest that fits them, as whoever may rewrite a bundle would write it."""
    manifest = load_json(files["manifest.json"], "manifest.json")
    parts = {**{key: value for key, value in manifest.items() if key not in ("format", "files", "digest")}, **parts}
    others = {name: data for name, data in files.items() if name != "manifest.json"}
    return write_archive({**others, "manifest.json": dump_json(seal(parts, others))})


@pytest.mark.parametrize("task", TASKS)
def test_a_loaded_predictor_answers_bit_by_bit_as_the_packed_one(
    make_predictor: Make, frame: Frame, task: Task
) -> None:
    predictor = make_predictor(task)
    loaded = load_bundle(_pack(predictor, frame).data)
    np.testing.assert_array_equal(loaded.outputs(frame), predictor.outputs(frame))
    assert loaded.classes == predictor.classes
    assert (loaded.decision, loaded.spec.calibrator) == (predictor.decision, predictor.spec.calibrator)
    assert list(loaded.sample().items()) == list(predictor.sample().items())
    assert loaded.predict([loaded.sample()]).predictions == predictor.predict([predictor.sample()]).predictions


def test_the_same_predictor_gives_the_same_bytes(make_predictor: Make, frame: Frame) -> None:
    bundle = _pack(make_predictor("binary"), frame)
    assert _pack(make_predictor("binary"), frame).data == bundle.data
    assert _pack(load_bundle(bundle.data), frame).data == bundle.data
    assert bundle.digest == f"sha256:{hashlib.sha256(bundle.data).hexdigest()}"


def test_the_manifest_tells_what_is_inside(make_predictor: Make, frame: Frame, tmp_path: Path) -> None:
    bundle = _pack(make_predictor("binary"), frame)
    path = tmp_path / "model.zip"
    path.write_bytes(bundle.data)
    manifest = load_bundle(path).manifest
    assert manifest == bundle.manifest
    assert (manifest["task"], manifest["target"], manifest["classes"]) == ("binary", "outcome", [False, True])
    assert manifest["lineage"] == {"seed": 7}
    assert manifest["libraries"]["lightgbm"]
    assert set(manifest["files"]) == {
        "decisions.json",
        "encoders.json",
        "golden.json",
        "model-0-0.txt",
        "model-0-1.txt",
        "model-0-2.txt",
    }


@pytest.mark.parametrize("name", ["encoders.json", "golden.json", "decisions.json", "model-0-1.txt"])
def test_a_missing_file_is_refused(make_predictor: Make, frame: Frame, name: str) -> None:
    files = read_archive(_pack(make_predictor("binary"), frame).data)
    del files[name]
    with pytest.raises(InvalidBundle, match="missing"):
        load_bundle(_reseal(files))


def test_a_file_too_many_is_refused(make_predictor: Make, frame: Frame) -> None:
    files = read_archive(_pack(make_predictor("binary"), frame).data)
    with pytest.raises(InvalidBundle, match="more than"):
        load_bundle(_reseal({**files, "model-0-3.txt": files["model-0-0.txt"]}))


def test_models_that_were_swapped_are_refused(make_predictor: Make, frame: Frame) -> None:
    files = read_archive(_pack(make_predictor("regression"), frame).data)
    files["model-0-0.txt"], files["model-0-1.txt"] = files["model-0-1.txt"], files["model-0-0.txt"]
    with pytest.raises(InvalidBundle, match="not made by"):
        load_bundle(_reseal(files))


def test_golden_rows_must_come_out_as_stored(make_predictor: Make, frame: Frame) -> None:
    files = read_archive(_pack(make_predictor("regression"), frame).data)
    golden = load_json(files["golden.json"], "golden.json")
    assert len(golden["outputs"]) == 64
    golden["outputs"][13] *= 1 + 1e-9
    with pytest.raises(InvalidBundle, match="do not predict"):
        load_bundle(_reseal({**files, "golden.json": dump_json(golden)}))


@pytest.mark.parametrize(
    "changes",
    [
        {"outputs": []},
        {"outputs": [[0.5, 0.5]]},
        {"outputs": "many"},
        {"outputs": [[0.5], [0.5, 0.5]]},
        {"columns": {}},
        {"columns": None},
        {"models": []},
    ],
)
def test_golden_rows_that_are_none_are_refused(make_predictor: Make, frame: Frame, changes: dict[str, Json]) -> None:
    files = read_archive(_pack(make_predictor("binary"), frame).data)
    golden = {**load_json(files["golden.json"], "golden.json"), **changes}
    with pytest.raises(InvalidBundle, match="golden"):
        load_bundle(_reseal({**files, "golden.json": dump_json(golden)}))


@pytest.mark.parametrize("document", [[], {}, "x", [{"name": "age", "type": "numeric"}], [{"name": "age"}]])
def test_encoders_that_do_not_suit_the_manifest_are_refused(make_predictor: Make, frame: Frame, document: Json) -> None:
    files = read_archive(_pack(make_predictor("binary"), frame).data)
    with pytest.raises(InvalidBundle, match="encoders"):
        load_bundle(_reseal({**files, "encoders.json": dump_json(document)}))


def test_another_task_than_the_models_is_refused(make_predictor: Make, frame: Frame) -> None:
    files = read_archive(_pack(make_predictor("binary"), frame).data)
    del files["decisions.json"]
    with pytest.raises(InvalidBundle, match="header"):
        load_bundle(_reseal(files, task="regression", classes=[], decision=None))


def test_points_of_older_bundles_ask_for_no_rows(make_predictor: Make, frame: Frame) -> None:
    files = read_archive(_pack(make_predictor("binary"), frame).data)
    told = load_json(files["decisions.json"], "decisions.json")
    del told["points"]["enough"]
    decisions = load_bundle(_reseal({**files, "decisions.json": dump_json(told)})).spec.decisions
    assert decisions
    assert decisions.points
    assert decisions.points.enough >= decisions.points.thresholds[0]


@pytest.mark.parametrize("task", TASKS)
def test_bundles_of_the_first_format_are_read(task: Task) -> None:
    """Packed before there was another; their golden rows prove that they answer as then."""
    predictor = load_bundle(Path(__file__).parent / "format-1" / f"{task}.zip")
    assert predictor.manifest["format"] == 1
    assert predictor.spec.calibrator is None
    expected = {
        "binary": Decision(Criterion("f1"), 0.4, gives={"f1": 0.9}),
        "multiclass": Decision(Criterion("likeliest")),
        "regression": None,
    }
    assert predictor.decision == expected[task]
    found = predictor.predict([predictor.sample()])
    if task == "binary" and found.probabilities is not None:
        assert found.predictions == [bool(found.probabilities[0, 1] >= 0.4)]


@pytest.mark.parametrize("task", TASKS[:2])
@pytest.mark.parametrize("calibrator", [SCALING, ISOTONIC])
def test_calibration_and_rules_come_back(
    make_predictor: Make, frame: Frame, task: Task, calibrator: dict[Task, Calibrator]
) -> None:
    plain = make_predictor(task)
    predictor = replace(plain, spec=replace(plain.spec, calibrator=calibrator[task]))
    bundle = _pack(predictor, frame)
    loaded = load_bundle(bundle.data)
    np.testing.assert_array_equal(loaded.outputs(frame), predictor.outputs(frame))
    assert np.abs(loaded.outputs(frame) - plain.outputs(frame)).max() > 0.01
    assert loaded.spec.calibrator == calibrator[task]
    assert bundle.manifest["calibration"] == calibrator[task].method
    decisions, packed = loaded.spec.decisions, predictor.spec.decisions
    assert decisions
    assert packed
    assert (decisions.chosen, decisions.others) == (packed.chosen, packed.others)
    assert (decisions.points is None) == (task == "multiclass")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("calibration.json", {"slope": -1.0}),
        ("calibration.json", {"slope": 1}),
        ("calibration.json", {"shifts": [0.1]}),
        ("calibration.json", {"shifts": [0.0, 0.0]}),
        ("calibration.json", {"more": 1}),
        ("decisions.json", {"points": None}),
        ("decisions.json", {"points": {"thresholds": [0.5], "hits": [0.0], "misses": [0.0]}}),
        ("decisions.json", {"points": {"thresholds": [0.5, 0.6], "hits": [0.0, 1.0], "misses": [0.0, 1.0]}}),
        ("decisions.json", {"points": {"thresholds": [0.5, 0.4], "hits": [0.0, -1.0], "misses": [0.0, 1.0]}}),
        ("decisions.json", {"points": {"thresholds": [0.5, 0.4], "hits": [0.0], "misses": [0.0, 1.0]}}),
        (
            "decisions.json",
            {"points": {"thresholds": [0.5, 0.4], "hits": [0.0, 1.0], "misses": [0.0, 1.0], "enough": 3.0}},
        ),
        ("decisions.json", {"others": [{}]}),
        ("decisions.json", {"more": 1}),
    ],
)
def test_calibration_and_rules_are_checked(
    make_predictor: Make, frame: Frame, name: str, change: dict[str, Json]
) -> None:
    plain = make_predictor("binary")
    predictor = replace(plain, spec=replace(plain.spec, calibrator=SCALING["binary"]))
    files = read_archive(_pack(predictor, frame).data)
    changed = dump_json({**load_json(files[name], name), **change})
    with pytest.raises(InvalidBundle, match=name):
        load_bundle(_reseal({**files, name: changed}))


def test_a_calibration_that_the_manifest_does_not_tell_of_is_refused(make_predictor: Make, frame: Frame) -> None:
    files = read_archive(_pack(make_predictor("binary"), frame).data)
    more = {**files, "calibration.json": dump_json(SCALING["binary"].to_json())}
    with pytest.raises(InvalidBundle, match="more than"):
        load_bundle(_reseal(more))
    with pytest.raises(InvalidBundle, match="not what its manifest says"):
        load_bundle(_reseal(more, calibration="isotonic"))


def test_a_predictor_that_could_not_be_loaded_is_not_packed(make_predictor: Make, frame: Frame) -> None:
    binary, regression = make_predictor("binary"), make_predictor("regression")
    with pytest.raises(InvalidBundle):
        _pack(replace(binary, members=regression.members), frame)


@pytest.mark.parametrize("task", TASKS)
def test_an_ensemble_comes_back_bit_by_bit(make_ensemble: Make, frame: Frame, task: Task) -> None:
    ensemble = make_ensemble(task)
    bundle = _pack(ensemble, frame)
    loaded = load_bundle(bundle.data)
    np.testing.assert_array_equal(loaded.outputs(frame), ensemble.outputs(frame))
    assert _pack(loaded, frame).data == bundle.data
    assert [entry["family"] for entry in bundle.manifest["members"]] == ["boosted", "boosted", "linear", "forest"]
    assert [entry["extensions"] for entry in bundle.manifest["members"]] == [
        [None, None, None],
        [0, 0, 0],
        [None, 0],
        [None, None, None],
    ]
    assert set(bundle.manifest["files"]) == {
        *(["decisions.json"] if task != "regression" else []),
        "encoders.json",
        "extension-0.json",
        "golden.json",
        *(f"model-{member}-{fold}.txt" for member in (0, 1, 3) for fold in range(3)),
        "model-2-0.json",
        "model-2-1.json",
    }
    shared = {id(fold.extension) for member in loaded.members for fold in member.models}
    assert len(shared) == 2


def test_members_of_a_regression_are_still_held_near_each_other(make_ensemble: Make, frame: Frame) -> None:
    free = make_ensemble("regression")
    ensemble = replace(free, spec=replace(free.spec, reach=0.25))
    bundle = _pack(ensemble, frame)
    assert bundle.manifest["reach"] == 0.25
    loaded = load_bundle(bundle.data)
    np.testing.assert_array_equal(loaded.outputs(frame), ensemble.outputs(frame))
    assert not np.array_equal(loaded.outputs(frame), free.outputs(frame))
    with pytest.raises(InvalidBundle, match="do not predict"):
        load_bundle(_reseal(read_archive(bundle.data), reach=0.001))


@settings(max_examples=15, deadline=None)
@given(
    picked=st.lists(st.tuples(st.integers(0, 3), st.floats(0.01, 1.0), st.integers(1, 3)), min_size=1, max_size=6),
    task=st.sampled_from(TASKS),
)
def test_whatever_the_members_they_come_back(
    make_ensemble: Make, frame: Frame, picked: list[tuple[int, float, int]], task: Task
) -> None:
    ensemble = make_ensemble(task)
    total = sum(weight for _, weight, _ in picked)
    members = tuple(
        replace(ensemble.members[index], weight=weight / total, models=ensemble.members[index].models[:count])
        for index, weight, count in picked
    )
    bundle = _pack(replace(ensemble, members=members), frame)
    loaded = load_bundle(bundle.data)
    assert [(member.weight, member.family, len(member.models)) for member in loaded.members] == [
        (member.weight, member.family, len(member.models)) for member in members
    ]
    np.testing.assert_array_equal(loaded.outputs(frame), replace(ensemble, members=members).outputs(frame))


@pytest.mark.parametrize("name", ["model-2-0.json", "extension-0.json"])
@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"not json", b'{"a": 1}'])
def test_json_that_is_no_model_or_extension_is_refused(
    make_ensemble: Make, frame: Frame, name: str, content: bytes
) -> None:
    files = read_archive(_pack(make_ensemble("binary"), frame).data)
    with pytest.raises(InvalidBundle, match=name):
        load_bundle(_reseal({**files, name: content}))


@pytest.mark.parametrize("extensions", [[None, None, None], [0, 0, None]])
def test_a_model_without_the_features_that_it_was_fitted_on_is_refused(
    make_ensemble: Make, frame: Frame, extensions: list[int | None]
) -> None:
    files = read_archive(_pack(make_ensemble("binary"), frame).data)
    members = load_json(files["manifest.json"], "manifest.json")["members"]
    members[1]["extensions"] = extensions
    with pytest.raises(InvalidBundle, match="header"):
        load_bundle(_reseal(files, members=members))


def test_a_family_that_the_files_do_not_hold_is_refused(make_ensemble: Make, frame: Frame) -> None:
    files = read_archive(_pack(make_ensemble("binary"), frame).data)
    members = load_json(files["manifest.json"], "manifest.json")["members"]
    for number, family, match in ((0, "forest", "header"), (3, "boosted", "header"), (2, "boosted", "missing")):
        changed = [{**member, "family": family} if i == number else member for i, member in enumerate(members)]
        with pytest.raises(InvalidBundle, match=match):
            load_bundle(_reseal(files, members=changed))


def test_other_weights_do_not_give_the_golden_rows(make_ensemble: Make, frame: Frame) -> None:
    files = read_archive(_pack(make_ensemble("binary"), frame).data)
    members = load_json(files["manifest.json"], "manifest.json")["members"]
    members[0]["weight"], members[1]["weight"] = members[1]["weight"], members[0]["weight"]
    with pytest.raises(InvalidBundle, match="do not predict"):
        load_bundle(_reseal(files, members=members))


@pytest.mark.parametrize("package", ["automl", "registry", "service"])
def test_no_source_file_can_unpickle(package: str) -> None:
    word = re.compile(r"^\s*(?:import|from)\s+(?:pickle|joblib|cloudpickle|dill|marshal|shelve)\b|allow_pickle=True")
    root = Path(automl.__file__).parents[1] / package
    lines = [(path.name, line) for path in root.rglob("*.py") for line in path.read_text().splitlines()]
    assert len(lines) > 10
    assert [found for found in lines if word.search(found[1])] == []
