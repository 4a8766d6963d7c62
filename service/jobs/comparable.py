"""What two models' manifests tell of whether they can be compared, and by which rows."""

from collections.abc import Mapping
from typing import NamedTuple

from automl.reporting.rival import order_of
from automl.types import Json


class Incomparable(Exception):
    """Why two models cannot be compared, in words that go on after "cannot be compared: "."""


class TableRef(NamedTuple):
    """A dataset by its id, and the digest of its contents; None where a lineage does not tell."""

    id: str | None
    digest: str | None


def same_question(ours: Mapping[str, Json], theirs: Mapping[str, Json]) -> list[int]:
    """Their number of each of our classes. Raises `Incomparable` where the two answer different questions."""
    for name in ("target", "task"):
        if ours[name] != theirs[name]:
            raise Incomparable(f"its {name} is {theirs[name]!r}, not {ours[name]!r}")
    order = order_of(ours["classes"], theirs["classes"])
    if order is None:
        raise Incomparable("it knows other classes")
    return order


def learnt_table(manifest: Mapping[str, Json]) -> TableRef:
    """What a model has learnt from."""
    lineage = manifest.get("lineage", {})
    return TableRef(lineage.get("dataset"), lineage.get("dataset_digest"))


def judging_table(manifest: Mapping[str, Json]) -> TableRef:
    """The table whose rows judged a model: its test table, or else its own."""
    lineage = manifest.get("lineage", {})
    if lineage.get("test_dataset_digest") is None:
        return learnt_table(manifest)
    return TableRef(lineage.get("test_dataset"), lineage["test_dataset_digest"])


def grouped_by(manifest: Mapping[str, Json]) -> str | None:
    """The column whose groups the split kept together; None where it was another split."""
    request = manifest.get("lineage", {}).get("request", {})
    return request.get("split_column") if request.get("split") == "group" else None


def same_rows(ours: Mapping[str, Json], theirs: Mapping[str, Json]) -> bool:
    """Whether rows of the same table judged both, chosen in the same way."""
    rows = [(judging_table(manifest).digest, _chosen(manifest)) for manifest in (ours, theirs)]
    return rows[0][0] is not None and rows[0] == rows[1]


def _chosen(manifest: Mapping[str, Json]) -> tuple[Json, ...] | None:
    """What decides which rows judge; None where a test table does. Older lineages know of random splits only."""
    if judging_table(manifest) != learnt_table(manifest):
        return None
    request = manifest.get("lineage", {}).get("request", {})
    return request.get("split", "random"), request.get("split_column")
