"""NDJSON: one flat object a line. A key that a line lacks is missing there."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from automl.errors import Fault, InvalidData
from automl.ingest.limits import Limits
from automl.ingest.shape import check_names, check_size
from automl.ingest.text import check_text
from automl.tables.cells import label
from automl.types import Json

_BATCH_ROWS = 10_000
_EXACT = 2**53
_SCALARS = frozenset({str, int, float, bool, type(None)})

Line = tuple[int, dict[str, Json]]
"""The 1-based number of a line, and its object."""


def read_ndjson(source: Path, limits: Limits) -> pa.Table:
    """A table of string, int64, double and bool columns, in the order in which keys first appear.

    Integers and fractions in one column make it double, unless that would change an integer beyond 2^53; any other
    mixture makes it text.

    Raises:
        InvalidData: `not-utf8`, `nul-byte`, `not-ndjson`, `duplicate-key`, `nested-value`, or for its shape.
    """
    with source.open("rb") as stream:
        check_text(stream)
    parts: dict[str, list[pa.Array]] = {}
    rows = 0
    with source.open(encoding="utf-8-sig", newline="\n") as text:
        lines = _objects(text)
        while batch := list(islice(lines, _BATCH_ROWS)):
            for name in dict.fromkeys(name for _, line in batch for name in line):
                parts.setdefault(name, [pa.nulls(rows)])
            check_names(list(parts), limits)
            rows += len(batch)
            check_size(rows, len(parts), limits)
            for name, chunks in parts.items():
                chunks.append(_array(name, batch))
    check_size(rows, len(parts), limits)
    return pa.table({name: _unified(chunks) for name, chunks in parts.items()})


def _objects(lines: Iterable[str]) -> Iterator[Line]:
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        try:
            found = json.loads(line, object_pairs_hook=_object, parse_constant=_refuse_constant)
            if "\\ud" in line.lower():
                json.dumps(found, ensure_ascii=False).encode()  # fails on half a surrogate pair, which no text may hold
        except RecursionError:
            raise _refusal("nested-value", number, "is nested too deeply") from None
        except _DuplicateKey as error:
            raise _refusal("duplicate-key", number, f"has the key {str(error)[:100]!r} twice") from None
        except ValueError as error:
            raise _refusal("not-ndjson", number, f"is not JSON: {_reason(error)}") from None
        if not isinstance(found, dict):
            raise _refusal("not-ndjson", number, "is not an object: put one object with its column names on each line")
        yield number, found


class _DuplicateKey(Exception):
    """An object names a key twice, and readers disagree on which counts."""


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        raise _DuplicateKey(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number: use null")


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    return "half a surrogate pair" if isinstance(error, UnicodeEncodeError) else str(error).partition(";")[0]


def _array(name: str, batch: Sequence[Line]) -> pa.Array:
    cells = [line.get(name) for _, line in batch]
    kinds = set(map(type, cells))
    if not kinds <= _SCALARS:
        at = next(i for i, cell in enumerate(cells) if type(cell) not in _SCALARS)
        raise _refusal("nested-value", batch[at][0], f"has a list or an object in {name!r}: flatten it into columns")
    if float in kinds:
        _refuse_infinite(name, batch, cells)
    kinds.discard(type(None))
    if len(kinds) > 1 and not (kinds == {int, float} and _fits(cells)):
        return _texts(cells)
    try:
        return pa.array(cells, pa.float64()) if float in kinds else pa.array(cells)
    except (OverflowError, pa.ArrowInvalid):
        return _texts(cells)


def _refuse_infinite(name: str, batch: Sequence[Line], cells: Sequence[Json]) -> None:
    infinite = np.isinf([cell if type(cell) is float else 0.0 for cell in cells])
    if infinite.any():
        line = batch[int(infinite.argmax())][0]
        raise _refusal("not-ndjson", line, f"has a number in {name!r} that is too large: use null")


def _unified(chunks: Sequence[pa.Array]) -> pa.ChunkedArray:
    kinds = {chunk.type for chunk in chunks if not pa.types.is_null(chunk.type)}
    if kinds == {pa.int64(), pa.float64()} and all(_fits_double(chunk) for chunk in chunks):
        kinds = {pa.float64()}
    if len(kinds) > 1:
        return pa.chunked_array([_texts(chunk.to_pylist()) for chunk in chunks])
    kind = kinds.pop() if kinds else pa.float64()
    return pa.chunked_array([chunk.cast(kind) for chunk in chunks])


def _texts(cells: Iterable[Json]) -> pa.Array:
    return pa.array([label(cell) for cell in cells], pa.string())


def _fits(cells: Iterable[Json]) -> bool:
    return all(abs(cell) <= _EXACT for cell in cells if type(cell) is int)


def _fits_double(chunk: pa.Array) -> bool:
    if not pa.types.is_integer(chunk.type):
        return True
    ends = pc.min_max(chunk).as_py()
    return ends["min"] is None or (ends["min"] >= -_EXACT and ends["max"] <= _EXACT)


def _refusal(code: str, line: int, what: str) -> InvalidData:
    return InvalidData(code, f"Line {line} {what}.", [Fault(what, line=line)])
