import os
import re
from pathlib import Path

import pytest

GUIDE = (Path(__file__).parents[3] / "docs" / "registry.md").read_text()


def test_the_programs_in_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    programs = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert programs
    names: dict[str, object] = {}
    for program in programs:
        exec(compile(program.replace("s3://bucket/prefix", "a-directory"), "docs/registry.md", "exec"), names)
    assert sorted(os.listdir("a-directory")) == ["locks", "objects", "scratch"]  # noqa: PTH208


def test_the_guide_tells_every_key() -> None:
    for part in ("blobs/sha256/", "datasets/", "models/", "versions/", "aliases/", "publications/"):
        assert part in GUIDE
