"""What the pages show of the registry's things, as plain values."""

from collections.abc import Sequence
from datetime import datetime

from automl.types import Json
from registry import Alias, Dataset, ModelVersion


def dataset_view(dataset: Dataset) -> dict[str, Json]:
    """A dataset with its columns and findings."""
    profile = dataset.record["profile"]
    return {
        "id": dataset.id,
        "name": dataset.record["name"],
        "rows": profile["rows"],
        "columns": profile["columns"],
        "findings": profile["findings"],
        "created_at": datetime.fromisoformat(dataset.created_at),
    }


def version_view(version: ModelVersion, aliases: Sequence[Alias]) -> dict[str, Json]:
    """A version with its aliases and the value on the holdout of what it was ranked by."""
    metric = version.manifest["metric"]
    return {
        "id": version.id,
        "aliases": [alias.alias for alias in aliases if alias.version == version.number],
        "metric": metric,
        "value": version.manifest["metrics"][metric]["value"],
        "target": version.manifest["target"],
        "bytes": version.bundle_bytes,
        "run_id": version.run_id,
        "created_at": datetime.fromisoformat(version.created_at),
    }


def score(value: float) -> str:
    """Four decimals, so that a column of them lines up; fewer where the whole part is long."""
    return f"{value:.4f}" if abs(value) < 1000 else f"{value:.6g}"  # noqa: PLR2004


def figure(value: float) -> str:
    """Four significant digits."""
    return f"{value:.4g}"
