"""Damaged and hostile bundles: each is refused or predicts as before, and none takes the process down."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from automl.bundles.bundle import pack
from automl.predictor import Predictor
from automl.rowschema import sample_row
from automl.types import Column, Frame, Task

pytestmark = pytest.mark.slow
FUZZER = Path(__file__).with_name("bundle_fuzzer.py")


Make = Callable[[Task], Predictor]
Fuzz = Callable[[str, str, Predictor], dict[str, int]]
FILES = ["model-0-0.txt", "model-2-1.json", "extension-0.json"]


@pytest.fixture
def fuzz(tmp_path: Path, frame: Frame, columns: tuple[Column, ...]) -> Fuzz:
    """Changes a predictor's bundle, or one file of it, many times in a process of its own, and counts the outcomes."""

    def run(kind: str, name: str, predictor: Predictor) -> dict[str, int]:
        bundle, rows = tmp_path / "bundle.zip", tmp_path / "rows.json"
        bundle.write_bytes(pack(predictor, frame, metric="log_loss", metrics={}, lineage={}).data)
        singles = [{name: values[i : i + 1] for name, values in frame.items()} for i in range(len(frame["age"]))]
        rows.write_text(json.dumps([sample_row(single, columns) for single in singles]))
        done = subprocess.run(
            [sys.executable, FUZZER, kind, name, bundle, rows], capture_output=True, text=True, timeout=240, check=False
        )
        assert done.returncode == 0, f"exit code {done.returncode}: {done.stderr[-2000:]}"
        outcomes: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
        return outcomes

    return run


@pytest.mark.parametrize("kind", ["cut-zip", "changed-zip"])
def test_damage_is_refused_or_does_not_matter(kind: str, fuzz: Fuzz, make_ensemble: Make) -> None:
    outcomes = fuzz(kind, FILES[0], make_ensemble("binary"))
    assert outcomes["other"] == 0
    assert outcomes["refused"] > 0.9 * sum(outcomes.values())


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["cut-file", "changed-file"])
def test_a_forged_manifest_is_refused_or_does_not_matter(kind: str, name: str, fuzz: Fuzz, make_ensemble: Make) -> None:
    outcomes = fuzz(kind, name, make_ensemble("binary"))
    assert outcomes["other"] == 0
    assert outcomes["refused"] > 0.9 * sum(outcomes.values())


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["cut-file-golden", "changed-file-golden"])
def test_files_with_every_digest_forged_never_crash_the_process(
    kind: str, name: str, fuzz: Fuzz, make_ensemble: Make
) -> None:
    # Who may rewrite everything may also write another valid model: the golden rows bound what that can change.
    outcomes = fuzz(kind, name, make_ensemble("multiclass"))
    assert outcomes["other"] < 0.05 * sum(outcomes.values())
    assert outcomes["refused"] > 0.5 * sum(outcomes.values())
