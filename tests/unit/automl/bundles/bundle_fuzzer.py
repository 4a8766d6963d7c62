"""Loads changed bundles and says what came of each; run as a process of its own, which a crash would end.

Usage: bundle_fuzzer.py KIND FILE BUNDLE ROWS. FILE is what to change of BUNDLE, a good one; ROWS a JSON list of rows to
compare predictions on.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from automl.archive import dump_json, load_json, read_archive, write_archive
from automl.bundles.bundle import load_bundle
from automl.bundles.manifest import seal, sha256
from automl.errors import InvalidBundle

CHANGES = 500
CUTS = 200


def resealed(files: dict[str, bytes], name: str, data: bytes, *, golden: bool) -> bytes:
    """The bundle with another such file, as an attacker would write it: with digests that fit."""
    was, files = sha256(files[name]), {**files, name: data}
    manifest = load_json(files.pop("manifest.json"), "manifest.json")
    if golden:
        rows = load_json(files["golden.json"], "golden.json")
        rows["models"] = [sha256(data) if digest == was else digest for digest in rows["models"]]
        files["golden.json"] = dump_json(rows)
    parts = {key: value for key, value in manifest.items() if key not in ("format", "files", "digest")}
    return write_archive({**files, "manifest.json": dump_json(seal(parts, files))})


def changed(data: bytes) -> Iterator[bytes]:
    """One byte changed: to anything, or to what could stand in a model."""
    rng = np.random.default_rng(7)
    for number in range(CHANGES):
        position = int(rng.integers(len(data)))
        byte = rng.integers(256) if number % 2 else rng.choice(list(b"0123456789-. e\n="))
        yield data[:position] + bytes([byte]) + data[position + 1 :]


def cut(data: bytes) -> Iterator[bytes]:
    """The first part only, and the first part with the end put behind it."""
    for number in range(CUTS):
        head = data[: len(data) * number // CUTS]
        yield head
        yield head + b"\nend of trees\n"


def candidates(kind: str, name: str, data: bytes) -> Iterator[bytes]:
    files = read_archive(data)
    change = cut if kind.startswith("cut") else changed
    if kind.endswith("zip"):
        yield from change(data)
    else:
        yield from (resealed(files, name, other, golden=kind.endswith("golden")) for other in change(files[name]))


def main() -> None:
    kind, name, bundle, rows_path = sys.argv[1:]
    data = Path(bundle).read_bytes()
    rows = json.loads(Path(rows_path).read_text())
    expected = load_bundle(data).predict(rows)
    outcomes = {"refused": 0, "same": 0, "other": 0}
    for candidate in candidates(kind, name, data):
        try:
            found = load_bundle(candidate).predict(rows)
        except InvalidBundle as error:
            outcomes["refused" if error.code == "invalid-bundle" else "other"] += 1
        else:
            alike = found.predictions == expected.predictions and np.allclose(
                found.probabilities, expected.probabilities, rtol=1e-9, atol=0
            )
            outcomes["same" if alike else "other"] += 1
    print(json.dumps(outcomes))  # noqa: T201 - how the test hears of it


if __name__ == "__main__":
    main()
