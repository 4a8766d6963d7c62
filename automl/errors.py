"""What can go wrong in the engine, each kind with the slug that the outside sees.

AutomlError
├── InvalidData            the bytes or the table cannot be used as they are
│   ├── UnsupportedFormat  the bytes are not what they claim to be
│   └── TooLarge           more bytes, rows, columns or memory than allowed
├── InvalidRequest         the table is fine, what is asked of it is not
│   └── TranslationFailed  the translator that it needs did not translate
├── InvalidRows            rows that a predictor cannot answer
│   └── TooManyRows        more rows than one request may hold
├── InvalidBundle          not a bundle, or a changed one: never loaded
├── TrainingFailed         no trial produced a model
├── ClusterUnusable        the cluster that trials should be made on is not there, or runs other versions
└── Interrupted            the caller asked to stop without a result
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where something is wrong.

    Attributes:
        detail: what is wrong there and what to do.
        row: 0-based index of the data row (the header is not counted), if it is about one.
        line: 1-based line of the uploaded text, if it is about one.
        column: name of the column, if it is about one.
        field: path of the request field, such as `("budget", "timeout_s")`, if it is about one.
    """

    detail: str
    row: int | None = None
    line: int | None = None
    column: str | None = None
    field: tuple[str | int, ...] | None = None


class AutomlError(Exception):
    """Root of the engine's errors.

    Attributes:
        code: the stable slug, such as `ragged-row`.
        detail: a sentence that tells a person what to do.
        faults: the places, at most a few.
    """

    def __init__(self, code: str, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)


class InvalidData(AutomlError):
    """The bytes or the table cannot be used as they are."""


class UnsupportedFormat(InvalidData):
    """The bytes are not what they claim to be."""


class TooLarge(InvalidData):
    """More bytes, rows, columns or memory than allowed."""


class InvalidRequest(AutomlError):
    """The table is fine, what is asked of it is not."""


class TranslationFailed(InvalidRequest):
    """The translator that back-translation needs did not translate."""


class InvalidRows(AutomlError):
    """Rows that a predictor cannot answer."""


class TooManyRows(InvalidRows):
    """More rows than one request may hold."""


class InvalidBundle(AutomlError):
    """Not a bundle, or a changed one: never loaded."""


class TrainingFailed(AutomlError):
    """No trial produced a model."""


class ClusterUnusable(AutomlError):
    """The cluster that trials should be made on is not there, or runs other versions."""


class Interrupted(AutomlError):
    """The caller asked to stop without a result."""
