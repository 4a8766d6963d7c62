"""CSV and TSV: fast where the file is sound, and exact about the line where it is not."""

import csv
import re
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.csv

from automl.errors import Fault, InvalidData
from automl.ingest.limits import Limits
from automl.ingest.numbers_in_text import typed
from automl.ingest.shape import check_names, check_size
from automl.ingest.signatures import HEAD_BYTES
from automl.ingest.text import check_text
from automl.tables.cells import MISSING_WORDS

_BLOCKS: Final = (1 << 20, 1 << 30)
"""Bytes read at a time; a row must fit, so the second is for rows of whole documents."""
_MOST_FAULTS = 20
_MARKUP = re.compile(r"<(?:!doctype|!--|\?xml|html|head|body|svg|rss)\b", re.IGNORECASE)
_JSON = re.compile(r'\{\s*"(?:[^"\\]|\\.)*"\s*:|\{\s*\}|\[\s*[\[{]|\[\s*[\r\n]|\[[^\[\]\r\n]*\]\s*(?:[\r\n]|$)')
_DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


def read_delimited(source: Path, delimiter: str, limits: Limits) -> pa.Table:
    """A table of string, int64 and double columns; empty lines are skipped.

    A field is missing when it is empty or one of `MISSING_WORDS`, quoted or not. Names lose blanks around them.

    Raises:
        InvalidData: `not-utf8`, `nul-byte`, `not-csv`, `ragged-row`, `unclosed-quote`, `stray-quote`, or for its shape.
    """
    with source.open("rb") as stream:
        quotes = check_text(stream)
    names = _header(source, delimiter, limits)
    if quotes % 2:  # Arrow would take all that follows an unclosed quote for one value
        fault = _fault_in(source, delimiter, len(names))
        if fault:
            raise fault
    table = _strings(source, delimiter, names, quoted=quotes > 0)
    check_size(table.num_rows, table.num_columns, limits)
    columns = table.columns
    del table
    for position, column in enumerate(columns):
        columns[position] = typed(column)  # in place, so that the text is freed column by column
    return pa.table(columns, names=[name.strip() for name in names])


def _header(source: Path, delimiter: str, limits: Limits) -> list[str]:
    """The names as they stand there, known to be usable."""
    with source.open(encoding="utf-8-sig", newline="") as text:
        start = text.read(HEAD_BYTES).lstrip()
        if _MARKUP.match(start):
            raise InvalidData("not-csv", "The data are an HTML or XML page, not CSV: was it an error page or a login?")
        if _JSON.match(start):
            raise InvalidData("not-csv", "The data are JSON, not CSV: send one object a line as application/x-ndjson.")
        text.seek(0)
        try:
            names = next(filter(None, csv.reader(text, delimiter=delimiter)), [])
        except csv.Error:
            raise InvalidData("unclosed-quote", "The header has a quote that is never closed.") from None
    if len(names) == 1:
        _refuse_other_delimiter(names[0], delimiter)
    check_names([name.strip() for name in names], limits)
    return names


def _refuse_other_delimiter(name: str, delimiter: str) -> None:
    other = next((sign for sign in _DELIMITERS if sign != delimiter and sign in name), None)
    if other:
        raise InvalidData(
            "not-csv",
            f"The header has no {_DELIMITERS[delimiter]} but seems to be separated by {_DELIMITERS[other]}s: "
            "text/csv takes commas, text/tab-separated-values takes tabs.",
        )
    if name.startswith("<"):
        raise InvalidData("not-csv", "The data are markup, not CSV: was it an error page or a login?")


def _strings(source: Path, delimiter: str, names: list[str], *, quoted: bool) -> pa.Table:
    convert = pa.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=sorted(MISSING_WORDS),
        strings_can_be_null=True,
    )
    parse = pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=quoted)
    failure = ""
    for block in _BLOCKS:
        read = pa.csv.ReadOptions(block_size=block)
        try:
            table = pa.csv.read_csv(source, read_options=read, parse_options=parse, convert_options=convert)
        except pa.ArrowInvalid as error:
            failure = str(error)
            if "straddling" not in failure:
                break
        else:
            if table.column_names == names:
                return table
            failure = "quotes in the header"
            break
    if "Empty CSV" in failure:  # which it says of a header without a line end
        check_size(0, len(names), Limits())
    raise _fault_in(source, delimiter, len(names)) or InvalidData("not-csv", f"The data cannot be read: {failure}.")


def _fault_in(source: Path, delimiter: str, width: int) -> InvalidData | None:
    """The ragged rows, else the first broken quote: slow and exact, for what the fast reader only refuses."""
    faults: list[Fault] = []
    line = 1
    with source.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text, delimiter=delimiter, strict=True)
        try:
            for fields in rows:
                if fields and len(fields) != width:
                    faults.append(Fault(f"has {len(fields)} fields where the header has {width}", line=line))
                if len(faults) == _MOST_FAULTS:
                    break
                line = rows.line_num + 1
        except csv.Error as error:
            return _ragged(faults) if faults else _broken_quote(line, stray="expected after" in str(error))
    return _ragged(faults) if faults else None


def _ragged(faults: list[Fault]) -> InvalidData:
    first = f"Line {faults[0].line} {faults[0].detail}"
    return InvalidData("ragged-row", f"{first}. Give every row one field a column; quote fields that hold one.", faults)


def _broken_quote(line: int, *, stray: bool) -> InvalidData:
    if stray:
        detail = f"Line {line} has text after a closing quote: double each quote that is inside a quoted field."
        return InvalidData("stray-quote", detail, [Fault(detail, line=line)])
    detail = f"The row that begins in line {line} has a quote that is never closed."
    return InvalidData("unclosed-quote", detail, [Fault(detail, line=line)])
