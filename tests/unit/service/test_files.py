import subprocess
import sys
from pathlib import Path

import pytest

from service.files import locked, make_private, try_lock, write_durably


def test_file_is_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old and longer")
    write_durably(path, b"ne", b"w")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_failed_write_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        write_durably(path, b"new", "not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_directory_is_private(tmp_path: Path) -> None:
    assert make_private(tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    (tmp_path / "open").mkdir(mode=0o755)
    assert make_private(tmp_path / "open").stat().st_mode & 0o777 == 0o755


def test_lock_is_one_holders_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locked(path):
        assert try_lock(path) is None
    held = try_lock(path)
    assert held is not None
    assert try_lock(path) is None
    held.close()


def test_lock_dies_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = (
        "import sys; from pathlib import Path; from service.files import try_lock\n"
        "lock = try_lock(Path(sys.argv[1])); print(lock, flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() != b"None\n"
        assert try_lock(path) is None
        holder.kill()
        holder.wait()
    freed = try_lock(path)
    assert freed is not None
    freed.close()
