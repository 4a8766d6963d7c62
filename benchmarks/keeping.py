"""Measured cells as JSON files, written whole or not at all, so that only what changed is measured again."""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.automl.identity import engine

C = TypeVar("C")
"""A dataclass of plain data."""


def read(path: Path, kind: Callable[..., C]) -> C | None:
    """The cell that was kept; None if none was."""
    return kind(**json.loads(path.read_text())) if path.exists() else None


def keep(path: Path, cell: Any) -> None:  # noqa: ANN401 - any dataclass
    """Write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(cell), indent=1) + "\n")
    partial.replace(path)


def kept_or(path: Path, kind: Callable[..., C], measure: Callable[[], C] | None) -> C | None:
    """The cell that was kept, or else what is measured now, and kept; None where nothing is to be measured."""
    cell = read(path, kind)
    if cell is None and measure is not None:
        cell = measure()
        keep(path, cell)
        print(cell, flush=True)
    return cell


@cache
def this_engine() -> str:
    """What tells this state of the engine from others, in 12 hex digits."""
    return engine()[:12]
