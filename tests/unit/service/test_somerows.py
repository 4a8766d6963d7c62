"""Some rows of a file."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.usecases import somerows
from service.usecases.somerows import read_some


def _file(path: Path, **columns: object) -> tuple[Path, pa.Table]:
    table = pa.table(columns)
    pq.write_table(table, path / "table.parquet", row_group_size=700)
    return path / "table.parquet", table


def test_rows_come_with_their_numbers_in_the_file(tmp_path: Path) -> None:
    rows = 5000
    path, table = _file(
        tmp_path,
        x=np.arange(rows),
        note=[None if i % 7 == 0 else f"note {i}" for i in range(rows)],
        y=["rare" if i > rows - 10 else "common" for i in range(rows)],
    )
    found, numbers = read_some(path, ["x", "note", "y"], "y", seed=3)
    assert found == table.take(numbers)
    assert 2000 <= len(numbers) <= 2020
    assert found["y"].to_pylist().count("rare") == 9
    only, same = read_some(path, ["x", "y"], "y", seed=3)
    assert only == table.select(["x", "y"]).take(same)


def test_long_cells_wherever_they_stand_leave_rows_of_each_class(tmp_path: Path) -> None:
    """Rows of the first batches do not crowd out those of the last."""
    rows = 3000
    path, table = _file(
        tmp_path,
        note=[f"{'word ' * 2_000}{i}" for i in range(rows)],
        image=[b"x" * 100 if i % 2 else None for i in range(rows)],
        y=["rare" if i > rows - 30 else "common" for i in range(rows)],
    )
    found, numbers = read_some(path, ["note", "image", "y"], "y", seed=0)
    assert found == table.take(numbers)
    assert (
        1_000_000 - 2 * 15_100 < sum(10_000 + 5_000 * bool(image) for image in found["image"].to_pylist()) < 1_000_000
    )
    assert found["y"].to_pylist().count("rare") >= 1
    assert numbers.max() - numbers.min() > rows / 2


def test_batches_of_long_cells_are_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """65,536 rows at once, as Arrow reads by itself, would be the whole file in memory."""
    path, _ = _file(tmp_path, note=[f"{i}{'x' * 100_000}" for i in range(400)], x=np.arange(400))
    seen: list[int] = []
    lengths = somerows._lengths

    def look(batch: pa.RecordBatch) -> np.ndarray:
        seen.append(batch.nbytes)
        return lengths(batch)

    monkeypatch.setattr(somerows, "_lengths", look)
    read_some(path, ["note", "x"], None, seed=0)
    assert len(seen) > 2
    assert max(seen) < 20_000_000


def test_columns_are_those_asked_for_whatever_their_names(tmp_path: Path) -> None:
    """To Parquet, `size` is also the beginning of a nested `size.unit`."""
    columns = {"size": ["a", "b"] * 20, "size.unit": range(40), "": ["x", "y"] * 20, "a.b.c": range(40)}
    path, table = _file(tmp_path, **{name: list(values) for name, values in columns.items()})
    for names in (["size", ""], ["size.unit"], ["size", "a.b.c"]):
        found, _ = read_some(path, names, names[0], seed=0)
        assert found == table.select(names)
