"""A process that publishes runs: `python -m tests.unit.registry.publish_runs STORE RUN…`; a line says that it begins."""

import sys

from registry import Registry, connect

if __name__ == "__main__":
    registry = Registry(connect(sys.argv[1]))
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    for run_id in sys.argv[2:]:
        registry.publish(
            "fraud", run_id, f"bundle of {run_id}".encode(), {"run": run_id}, f"report of {run_id}".encode()
        )
