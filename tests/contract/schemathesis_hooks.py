"""What schemathesis sends: tables of which some can be learnt, ids of things that are there, no address too long."""

import os
from itertools import count
from typing import Any
from urllib.parse import urlencode

import schemathesis
from hypothesis import strategies as st

from tests.servers.api import rows_csv

_LONGEST_ADDRESS = 4000  # gunicorn answers 414 to longer ones itself
_numbers = count()


def table(rows: int) -> bytes:
    """No two alike: the same bytes would be the same dataset, which another step may have deleted."""
    return rows_csv(rows).replace(b"size", b"size_%d" % next(_numbers))


schemathesis.openapi.media_type("text/csv", st.integers(20, 60).map(table) | st.text().map(str.encode))


@schemathesis.hook
def map_path_parameters(context: schemathesis.HookContext, path_parameters: Any) -> Any:
    """The contract's own examples stand for a run and a dataset that are there; nobody deletes that dataset."""
    there = {"ds_0c1f9a3b5d7e9f1a2b3c4d5e": "WINNOW_TEST_DATASET", "run_0192f0c5a1b2c3d4e5f60718": "WINNOW_TEST_RUN"}
    if not path_parameters or _operation_id(context) == "deleteDataset":
        return path_parameters
    return {
        name: os.environ[there[value]] if isinstance(value, str) and value in there else value
        for name, value in path_parameters.items()
    }


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """Whatever could be a dataset's id becomes one, so that runs get as far as their checks, and into the queue."""
    if _operation_id(context) not in ("createRun", "previewAugmentation") or not isinstance(body, dict):
        return body
    dataset = body.get("dataset")
    given = isinstance(dataset, str) and 0 < len(dataset) <= 64 and not dataset.startswith("ds_")
    return {**body, "dataset": os.environ["WINNOW_TEST_DATASET"]} if given else body


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    query = urlencode(case.query or {}, doseq=True, errors="surrogatepass")
    return len(case.as_transport_kwargs()["url"]) + len(query) < _LONGEST_ADDRESS


def _operation_id(context: schemathesis.HookContext) -> object:
    return context.operation.definition.raw["operationId"] if context.operation else None
