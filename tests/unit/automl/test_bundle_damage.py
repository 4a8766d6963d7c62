"""Damaged and hostile bundles: each is refused or predicts as before, and none takes the process down."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from automl.bundle import pack
from automl.predictor import Predictor
from automl.rowschema import sample_row
from automl.types import Column, Frame, Task

pytestmark = pytest.mark.slow
FUZZER = Path(__file__).with_name("bundle_fuzzer.py")


@pytest.mark.parametrize("kind", ["cut-zip", "changed-zip", "cut-model", "changed-model"])
def test_damage_is_refused_or_does_not_matter(
    kind: str,
    tmp_path: Path,
    frame: Frame,
    columns: tuple[Column, ...],
    make_predictor: Callable[[Task], Predictor],
) -> None:
    outcomes = _fuzz(kind, tmp_path, frame, columns, make_predictor("binary"))
    assert outcomes["other"] == 0
    assert outcomes["refused"] > 0.9 * sum(outcomes.values())


@pytest.mark.parametrize("kind", ["cut-model-golden", "changed-model-golden"])
def test_models_with_every_digest_forged_never_crash_the_process(
    kind: str,
    tmp_path: Path,
    frame: Frame,
    columns: tuple[Column, ...],
    make_predictor: Callable[[Task], Predictor],
) -> None:
    # Who may rewrite everything may also write another valid model: the golden rows bound what that can change.
    outcomes = _fuzz(kind, tmp_path, frame, columns, make_predictor("multiclass"))
    assert outcomes["other"] < 0.05 * sum(outcomes.values())
    assert outcomes["refused"] > 0.5 * sum(outcomes.values())


def _fuzz(
    kind: str, directory: Path, frame: Frame, columns: tuple[Column, ...], predictor: Predictor
) -> dict[str, int]:
    bundle, rows = directory / "bundle.zip", directory / "rows.json"
    bundle.write_bytes(pack(predictor, frame, metric="log_loss", metrics={}, lineage={}).data)
    singles = [{name: values[i : i + 1] for name, values in frame.items()} for i in range(len(frame["age"]))]
    rows.write_text(json.dumps([sample_row(single, columns) for single in singles]))
    done = subprocess.run(
        [sys.executable, FUZZER, kind, bundle, rows], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, f"exit code {done.returncode}: {done.stderr[-2000:]}"
    outcomes: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return outcomes
