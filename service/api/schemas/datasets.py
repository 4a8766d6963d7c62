"""Datasets as HTTP shows them."""

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from automl.profiling.columns import Profile
from automl.types import ColumnType
from registry import Dataset as Stored
from service.api.schemas.common import ListView, Page, Query, Title, View


class UploadQuery(Query):
    """How to upload."""

    name: Title | None = Field(None, description="A name for people; printable, at most 200 characters")


class DatasetListQuery(Page):
    """Which datasets."""


class PreviewQuery(Query):
    """How much of a dataset to show."""

    limit: int = Field(20, ge=1, le=100, description="Most rows in the answer")


class Column(View):
    """A column and what was inferred of it."""

    name: str
    type: ColumnType
    missing: int
    """Rows without a value."""
    unique: int
    """Distinct values."""


class Finding(View):
    """What a person should know before trusting a model of this table."""

    code: str = Field(examples=["id-like-column"])
    column: str | None
    """Null when it is about the whole table."""
    detail: str


class Dataset(View):
    """An immutable uploaded table."""

    id: str = Field(examples=["ds_0c1f9a3b5d7e9f1a2b3c4d5e"])
    name: str
    digest: str
    """Of the uploaded bytes, after gzip decoding: `sha256:` and 64 hex digits."""
    rows: int
    columns: list[Column]
    findings: list[Finding]
    created_at: datetime

    @classmethod
    def of(cls, stored: Stored) -> Self:
        """The view of a stored dataset."""
        record = stored.record
        return cls(
            id=stored.id,
            name=record["name"],
            digest=record["digest"],
            rows=record["profile"]["rows"],
            columns=[Column.model_validate(column) for column in record["profile"]["columns"]],
            findings=[Finding.model_validate(finding) for finding in record["profile"]["findings"]],
            created_at=stored.created_at,
        )


class DatasetList(ListView):
    """A page of datasets."""

    items: list[Dataset]


class ColumnProfile(Column):
    """A column with its statistics."""

    statistics: dict[str, Any]
    """Depends on the type: `min max mean std quantiles` of a numeric one, the most frequent `values` of most, the
    `formats` and sizes of images."""


class DatasetProfile(View):
    """A table's statistics, column by column."""

    id: str
    rows: int
    columns: list[ColumnProfile]
    findings: list[Finding]

    @classmethod
    def of(cls, dataset_id: str, profile: Profile) -> Self:
        """The view of a profile."""
        return cls.model_validate({"id": dataset_id, **profile.to_json()})


class Preview(View):
    """The first rows of a table."""

    columns: list[str]
    rows: list[list[Any]]
    """Cells in the order of `columns`, null where missing."""
