"""What a person should know of a table before trusting a model of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa

from automl.profiling.columns import ColumnProfile, Finding, Profile
from automl.profiling.drift import drifting_columns
from automl.profiling.leaks import LEAK, leaking_features
from automl.profiling.sameness import Sameness, equal_columns
from automl.profiling.tasks import infer_task

_MOST_PER_CODE: Final = 50
_LEAST_ROWS = 20
_ID_SHARE = 0.95
_MANY_LEVELS, _LEVEL_SHARE, _FEW_LEVELS = 1000, 0.3, 50
_RARE_ROWS = 10
_IMBALANCED = 0.2


def table_findings(table: pa.Table, columns: Sequence[ColumnProfile], sameness: Sameness) -> list[Finding]:
    """The findings of a whole table; of one code, the first 50 and how many more there are."""
    found = [finding for column in columns for finding in _column_findings(column, table.num_rows)]
    found += _relations(table, columns, sameness)
    found += drifting_columns(table, [column for column in columns if not _is_id_like(column, table.num_rows)])
    copied = sameness.copied_rows()
    if copied:
        found.append(Finding("duplicate-rows", None, f"{copied} rows are exact copies of an earlier row."))
    return _capped(found)


def findings_for_target(table: pa.Table, profile: Profile, target: str) -> list[Finding]:
    """What only shows once the target is known: features that give it away, rare classes, imbalance."""
    return _capped([*leaking_features(table, profile, target), *_class_findings(profile, target)])


def _column_findings(column: ColumnProfile, rows: int) -> Iterator[Finding]:
    name, present = column.name, rows - column.missing
    if not column.varies:
        what = "has one value only" if column.unique else "has no values at all"
        yield Finding("constant-column", name, f"{name!r} {what}: no model can learn from it.")
        return
    if 2 * column.missing > rows:
        yield Finding("mostly-missing", name, f"{name!r} is missing in {column.missing} of {rows} rows.")
    if column.statistics.get("infinite"):
        count, at = column.statistics["infinite"], column.statistics["infinite_rows"]
        yield Finding(
            "infinite-values",
            name,
            f"{name!r} is infinite in {count} rows (0-based: {at}); a run that uses it is refused.",
        )
    if column.statistics.get("large_integers"):
        yield Finding(
            "large-integers",
            name,
            f"{name!r} has integers beyond 2^53, which floating point cannot tell apart: it is treated as categories.",
        )
    yield from _number_findings(column, present)
    yield from _level_findings(column, rows, present)


def _number_findings(column: ColumnProfile, present: int) -> Iterator[Finding]:
    numeric, name = column.statistics.get("numeric_texts", 0), column.name
    if numeric == present and numeric:
        yield Finding(
            "numeric-text",
            name,
            f"{name!r} holds numbers as text (or with leading zeros): it is treated as categories.",
        )
    elif numeric:
        yield Finding(
            "mixed-types",
            name,
            f"{name!r} has {numeric} numbers and {present - numeric} other texts: it is treated as categories. "
            "Leave cells empty where there is no number.",
        )


def _level_findings(column: ColumnProfile, rows: int, present: int) -> Iterator[Finding]:
    name, unique = column.name, column.unique
    if _is_id_like(column, rows):
        yield Finding(
            "id-like-column", name, f"{name!r} has {unique} different values in {present} rows, as an identifier has."
        )
    elif column.type == "categorical" and (
        unique > _MANY_LEVELS or (unique > _FEW_LEVELS and unique > _LEVEL_SHARE * present)
    ):
        yield Finding("high-cardinality", name, f"{name!r} has {unique} different values.")
    if column.type in ("categorical", "boolean") and unique <= _FEW_LEVELS and rows > _LEAST_ROWS:
        rare = [value for value, count in (column.counts() or {}).items() if count < _RARE_ROWS]
        if rare:
            yield Finding(
                "rare-class", name, f"{name!r} has {len(rare)} values in fewer than {_RARE_ROWS} rows: {_listed(rare)}."
            )


def _is_id_like(column: ColumnProfile, rows: int) -> bool:
    counted = column.type == "categorical" or (column.type == "numeric" and column.statistics["integer"])
    least = _ID_SHARE * (rows - column.missing) if column.type == "categorical" else rows
    return bool(counted and column.unique >= least and rows >= _LEAST_ROWS)


def _relations(table: pa.Table, columns: Sequence[ColumnProfile], sameness: Sameness) -> Iterator[Finding]:
    unique = {column.name: column.unique for column in columns}
    for group in sameness.one_to_one():
        if unique[group[0]] <= 1:
            continue
        copies = set()
        for first, second in equal_columns(table, group):
            copies.add(second)
            yield Finding("duplicate-column-values", second, f"{second!r} equals {first!r} in every row.")
        if unique[group[0]] >= _ID_SHARE * table.num_rows:
            continue  # where nearly each row differs, columns determine each other by chance
        first, *others = [name for name in group if name not in copies]
        for second in others:
            yield Finding(
                LEAK,
                second,
                f"{first!r} and {second!r} determine each other: as features fine, but if one is the target, "
                "drop the other.",
            )


def _class_findings(profile: Profile, target: str) -> Iterator[Finding]:
    column = profile.column(target)
    counts = column.counts() if column and infer_task(profile, target) != "regression" else None
    if not counts:
        return
    rare = [f"{value} ({count} rows)" for value, count in counts.items() if count < _RARE_ROWS]
    if rare:
        yield Finding("rare-class", target, f"Too few rows to learn or to judge these classes well: {_listed(rare)}.")
    share = min(counts.values()) / sum(counts.values())
    if share < _IMBALANCED / len(counts):
        yield Finding(
            "imbalanced-target", target, f"The rarest class has {share:.2%} of the rows: accuracy will say little."
        )


def _listed(values: Sequence[str], most: int = 5) -> str:
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return ", ".join(repr(value) for value in values[:most]) + more


def _capped(found: Sequence[Finding]) -> list[Finding]:
    by_code: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        by_code[finding.code].append(finding)
    kept = [finding for findings in by_code.values() for finding in findings[:_MOST_PER_CODE]]
    rest = {code: len(findings) - _MOST_PER_CODE for code, findings in by_code.items()}
    return kept + [Finding(code, None, f"{more} more columns.") for code, more in rest.items() if more > 0]
