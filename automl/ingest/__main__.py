"""The child process of `sandbox`: `python -m automl.ingest SOURCE MEDIA_TYPE OUT_DIR LIMITS`."""

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from automl.errors import InvalidData, TooLarge
from automl.ingest.limits import Limits
from automl.ingest.read import read_with_findings
from automl.ingest.sandbox import ERROR, FINDINGS, PROFILE, TABLE
from automl.machine import cores
from automl.profiling.profile import profile_table

_MOST_THREADS = 4


def main(source: Path, media_type: str, out_dir: Path, limits: Limits) -> int:
    """Write the table, its profile and what reading noticed, or what is wrong.

    A full or failing disk is the exit status EX_IOERR.
    """
    _confine(limits)
    pa.set_cpu_count(min(_MOST_THREADS, cores()))
    try:
        table, noticed = read_with_findings(source, media_type, limits)
        pq.write_table(table, out_dir / TABLE, compression="zstd")
        (out_dir / PROFILE).write_text(json.dumps(profile_table(table).to_json(), allow_nan=False))
        (out_dir / FINDINGS).write_text(json.dumps([asdict(finding) for finding in noticed]))
    except InvalidData as error:
        return _tell(out_dir, error)
    except MemoryError:
        return _tell(out_dir, TooLarge("too-large", "The data need more memory to read than is allowed."))
    except OSError as error:
        sys.stderr.write(str(error))
        return os.EX_IOERR
    return 0


def _confine(limits: Limits) -> None:
    """The parent stops the clock; the limit on CPU time is for when the parent has died."""
    seconds = int(limits.timeout_s * _MOST_THREADS) + 1
    for kind, value in (
        (resource.RLIMIT_AS, limits.max_memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))


def _tell(out_dir: Path, error: InvalidData) -> int:
    told = {
        "kind": type(error).__name__,
        "code": error.code,
        "detail": error.detail,
        "faults": [asdict(fault) for fault in error.faults],
    }
    (out_dir / ERROR).write_text(json.dumps(told))
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Limits(**json.loads(sys.argv[4]))))
