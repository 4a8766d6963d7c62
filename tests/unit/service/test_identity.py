from pathlib import Path

from service.jobs.identity import own_name


def test_names_of_the_living_differ_and_those_of_the_dead_come_back(tmp_path: Path) -> None:
    with own_name(tmp_path) as first, own_name(tmp_path) as second:
        assert first != second
    with own_name(tmp_path) as again:
        assert again == first
    with own_name(tmp_path / "elsewhere") as other:
        assert other not in (first, second)
