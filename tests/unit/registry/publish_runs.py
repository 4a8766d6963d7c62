"""Publishes runs: `python -m tests.unit.registry.publish_runs STORE RUN…`. A line says when it begins."""

import sys

from registry import Registry, connect

if __name__ == "__main__":
    registry = Registry(connect(sys.argv[1]))
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    for run_id in sys.argv[2:]:
        bundle, report = f"bundle of {run_id}".encode(), f"report of {run_id}".encode()
        registry.publish("fraud", run_id, bundle, {"run": run_id}, report)
