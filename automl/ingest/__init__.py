"""Untrusted bytes to a table of canonical types, or to an error that says where they are wrong."""

from automl.ingest.gunzip import gunzip
from automl.ingest.limits import Limits
from automl.ingest.read import MEDIA_TYPES, TEXT_TYPES, read_stored, read_table, read_with_findings
from automl.ingest.sandbox import Ingested, ingest

__all__ = [
    "MEDIA_TYPES",
    "TEXT_TYPES",
    "Ingested",
    "Limits",
    "gunzip",
    "ingest",
    "read_stored",
    "read_table",
    "read_with_findings",
]
