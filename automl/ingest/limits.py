"""How much an upload may be."""

from dataclasses import dataclass

_GIB = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps on what is read; beyond `max_columns` it is `too-many-columns`, beyond any other `too-large`.

    Attributes:
        max_bytes: of the file, after gzip.
        max_rows: data rows.
        max_columns: columns.
        max_cells: rows times columns.
        max_images: files in an archive.
        max_memory_bytes: address space of the child process that reads.
        timeout_s: wall clock in seconds of that process.
    """

    max_bytes: int = 2 * _GIB
    max_rows: int = 10_000_000
    max_columns: int = 10_000
    max_cells: int = 500_000_000
    max_images: int = 100_000
    max_memory_bytes: int = 6 * _GIB
    timeout_s: float = 300.0
