"""What is known of a table without looking at it again: plain data that goes to JSON and back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from automl.types import Column, ColumnType, Json


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What is known of one column.

    Attributes:
        name: as in the header.
        type: how models treat it.
        missing: rows without a value.
        unique: distinct values, the missing one not counted.
        statistics: JSON by type.
            numeric: `min max mean std quantiles` of the finite values (None without any), `integer`, `infinite` (how
            many values are infinite) and `infinite_rows` (the first few).
            datetime: `min max` as ISO 8601.
            text: `mean_words mean_length max_length`.
            image: of the files as they were sent, `formats` with how many there are of each, and `width` and `height`
            as `{"min", "mean", "max"}`.
            All but datetime, text and image: `values`, a list of `{"value": text, "count": rows}`, the most frequent
            first; it is whole when it is as long as `unique`.
    """

    name: str
    type: ColumnType
    missing: int
    unique: int
    statistics: Mapping[str, Json]

    @property
    def varies(self) -> bool:
        """Whether rows differ in it, be it only that some lack a value."""
        return self.unique + (self.missing > 0) > 1

    def counts(self) -> dict[str, int] | None:
        """Rows of each value by its text, most frequent first; None when the column has too many values to keep."""
        values = self.statistics.get("values", [])
        return {item["value"]: item["count"] for item in values} if len(values) == self.unique else None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the table that a person should know before trusting a model of it.

    Attributes:
        code: the stable slug, such as `id-like-column`.
        column: the column that it is about, None for the whole table.
        detail: what was seen and what to do.
    """

    code: str
    column: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a table."""

    rows: int
    columns: tuple[ColumnProfile, ...]
    findings: tuple[Finding, ...]

    def column(self, name: str) -> ColumnProfile | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def features(self, target: str) -> tuple[Column, ...]:
        """Every column but the target, in table order, as a model sees it."""
        return tuple(Column(column.name, column.type) for column in self.columns if column.name != target)

    def to_json(self) -> dict[str, Json]:
        """Plain JSON without NaN or infinity."""
        return {
            "rows": self.rows,
            "columns": [asdict(column) for column in self.columns],
            "findings": [asdict(finding) for finding in self.findings],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> Self:
        """The profile that `to_json` wrote."""
        return cls(
            rows=stored["rows"],
            columns=tuple(ColumnProfile(**column) for column in stored["columns"]),
            findings=tuple(Finding(**finding) for finding in stored["findings"]),
        )
