"""The champion, asked about rows that judged a new model and that it has not learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from automl.bundles.bundle import load_bundle
from automl.clock import Clock
from automl.errors import InvalidRows
from automl.evaluation.judgement import Judgement
from automl.reporting.rival import answered, columns_learnt, learnt_from, of_known_groups
from automl.splits.split import Rows
from automl.types import Column, Frame
from registry import ModelVersion, Registry
from service.jobs.comparable import Incomparable, grouped_by, judging_table, learnt_table
from service.jobs.spool import Product
from service.jobs.storedtable import StoredTable
from service.ruling import rule_of

_SECONDS: Final = 5.0
"""To look up what it has learnt from, and as many for its answers, once the tables are here."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the champion said, and a sentence on how it came to be asked."""

    judgement: Judgement
    detail: str


def ask(
    registry: Registry,
    product: Product,
    champion: ModelVersion,
    *,
    ours: Judgement,
    order: Sequence[int],
    directory: Path | None = None,
) -> Asked:
    """The champion's answers to rows of a table that it has not seen.

    Args:
        registry: that has the champion and the tables.
        product: the new model.
        champion: of the same target and classes.
        ours: what the new model said of the rows that judged it.
        order: its number of each of our classes.
        directory: where tables may lie meanwhile.

    Raises:
        Incomparable: there is nothing to ask about, or nothing to answer from.
        InvalidBundle: the champion cannot be loaded.
        InvalidRows: it cannot read the rows.
    """
    judging, learnt = judging_table(product.manifest).digest, learnt_table(champion.manifest).digest
    if judging is not None and judging == learnt:
        raise Incomparable("it has learnt from rows of this very table, and others judged it")
    rival = load_bundle(registry.versions.bundle(champion))
    with TemporaryDirectory(dir=directory) as scratch:
        rows = _read(registry, product, champion, ours, columns=columns_learnt(rival), directory=Path(scratch))
    if len(rows.fresh) == 0:
        raise Incomparable("it has learnt from all rows that judged the new model")
    said = answered(
        rival,
        rows.ours,
        rows.frame,
        order,
        fresh=rows.fresh,
        decision=rule_of(registry.decisions.get(champion.model, champion.number), len(rival.classes)),
        over=Clock(_SECONDS).by(1.0),
    )
    return Asked(said, _detail(champion, len(said.rows), rows.known, grouped_by(product.manifest)))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows that judged the new model as the champion reads them, and which it knows; None where nobody can tell."""

    ours: Judgement
    frame: Frame
    known: NDArray[np.bool_] | None

    @property
    def fresh(self) -> Rows:
        return np.arange(len(self.ours.rows)) if self.known is None else np.flatnonzero(~self.known)


def _read(
    registry: Registry,
    product: Product,
    champion: ModelVersion,
    ours: Judgement,
    *,
    columns: Sequence[Column],
    directory: Path,
) -> _Rows:
    table = StoredTable.fetch(registry, judging_table(product.manifest).id, directory)
    if table is None:
        raise Incomparable("the table that judged the new model is gone or too large to be read again")
    if absent := [column.name for column in columns if column.name not in table.names]:
        raise Incomparable(f"it learns from the column {absent[0]!r}, which the new table lacks")
    ours = _some(ours, table.at_once)
    frame = table.rows(columns, ours.rows)
    theirs = StoredTable.fetch(registry, learnt_table(champion.manifest).id, directory)
    known = None if theirs is None else _known(frame, theirs, columns)
    if theirs is not None and known is not None:
        known |= _of_known_groups(table, theirs, grouped_by(product.manifest), ours.rows)
    return _Rows(ours, frame, known)


def _known(frame: Frame, theirs: StoredTable, columns: Sequence[Column]) -> NDArray[np.bool_] | None:
    try:
        return learnt_from(frame, theirs.frames(columns), over=Clock(_SECONDS).by(1.0))
    except (InvalidRows, pa.ArrowException):  # the table is not what the model's lineage says
        return None


def _of_known_groups(table: StoredTable, theirs: StoredTable, name: str | None, rows: Rows) -> NDArray[np.bool_]:
    """Rows of a group that both tables have say less of a model than of how well it knows the group."""
    if name is None or name not in table.names or name not in theirs.names:
        return np.zeros(len(rows), dtype=bool)
    column = [Column(name, "categorical")]
    return of_known_groups(table.rows(column, rows)[name], (frame[name] for frame in theirs.frames(column)))


def _some(ours: Judgement, most: int) -> Judgement:
    """As many of the rows as may be held at once, drawn evenly."""
    if len(ours.rows) <= most:
        return ours
    kept = np.sort(np.random.default_rng(0).permutation(len(ours.rows))[:most])
    return Judgement(ours.rows[kept], ours.each[kept], ours.judged.take(kept))


def _detail(champion: ModelVersion, rows: int, known: NDArray[np.bool_] | None, group: str | None) -> str:
    answers = f"Version {champion.number} answered {rows} of the rows that judged the new model"
    if known is None:
        return f"{answers}; those that it has learnt from could not be left out, which flatters it."
    alike = "" if group is None else f", or of whose {group!r} it knows others,"
    return f"{answers}; {int(known.sum())} that it has learnt from{alike} were left out."
