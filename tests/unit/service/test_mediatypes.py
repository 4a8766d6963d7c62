from pathlib import Path

import pytest

from service.mediatypes import of_path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", ("text/csv", False)),
        ("a.CSV.gz", ("text/csv", True)),
        ("a.b.tsv", ("text/tab-separated-values", False)),
        ("a.jsonl", ("application/x-ndjson", False)),
        ("a.ndjson.gz", ("application/x-ndjson", True)),
        ("a.parquet", ("application/vnd.apache.parquet", False)),
        ("noname", ("text/csv", False)),
    ],
)
def test_of_path(name: str, expected: tuple[str, bool]) -> None:
    assert of_path(Path(name)) == expected
