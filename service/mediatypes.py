"""Which media type a file name stands for."""

from pathlib import Path

_BY_SUFFIX = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
    ".zip": "application/zip",
}


def of_path(path: Path) -> tuple[str, bool]:
    """The media type of a file and whether it is gzip-encoded; CSV where the name tells nothing."""
    gzipped = path.suffix.lower() == ".gz"
    suffix = (path.with_suffix("") if gzipped else path).suffix.lower()
    return _BY_SUFFIX.get(suffix, "text/csv"), gzipped
