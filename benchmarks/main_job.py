"""The whole way over HTTP on real tables, beside default LightGBM on the same rows.

    .venv/bin/python -m benchmarks.main_job FOLDER german_credit adult --timeout-s 60

Starts a service of its own, uploads each table's training rows, runs with nothing but `dataset`, `target` and a budget,
and asks the winner for predictions of the test rows. Default LightGBM gets the same training rows and no budget.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from automl.metrics import LOSSES, METRICS, measure, prepare
from automl.types import Metric
from benchmarks.tables import Table, read_folder
from service.client import Client, Json, read_key

PORT = 8791
ROWS_A_REQUEST = 5000
RESAMPLES = 500


def main() -> None:
    options = _options()
    tables = read_folder(options.folder)
    with tempfile.TemporaryDirectory() as data:
        service = subprocess.Popen(
            [Path(sys.executable).with_name("winnow"), "serve", "--data", data, "--port", str(PORT)]
        )
        try:
            client = _client(Path(data))
            lines = [_measure(client, options, tables[name]) for name in options.tables]
        finally:
            service.terminate()
            service.wait(30)
    _write(options, lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("tables", nargs="+")
    parser.add_argument("--timeout-s", type=float, default=60)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results") / "main_job.md")
    return parser.parse_args()


def _client(data: Path) -> Client:
    for _ in range(120):
        if (data / "api-key").exists():
            client = Client(f"http://127.0.0.1:{PORT}", read_key(data))
            if client.ready():
                return client
        time.sleep(0.5)
    raise SystemExit("the service did not become ready")


def _measure(client: Client, options: argparse.Namespace, table: Table) -> str:
    run, answer = _winnow(client, options, table)
    truth, metric = table.truth("test"), table.metric
    ours, default = _outputs(answer, table.classes), _default_lightgbm(table)
    low, high = _interval(metric, truth, ours, default)
    ours_value, default_value = (measure(metric, truth, outputs) for outputs in (ours, default))
    better = (default_value - ours_value) if metric in LOSSES else (ours_value - default_value)
    others = ", ".join(
        f"{m} {measure(m, truth, ours):.4f}/{measure(m, truth, default):.4f}"
        for m in METRICS[table.task][:6]
        if m != metric
    )
    took = run["progress"]["elapsed_s"]
    print(f"{table.name}: {metric} {ours_value:.5f}, default LightGBM {default_value:.5f}", flush=True)
    return (
        f"| {table.name} | {run['progress']['trials']} | {took:.1f} | {metric} | {ours_value:.5f} "
        f"| {default_value:.5f} | {better:+.5f} [{low:+.5f}, {high:+.5f}] | {others} |"
    )


def _winnow(client: Client, options: argparse.Namespace, table: Table) -> tuple[Json, list[Json]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / table.path.name
        pq.write_table(table.rows("train"), path)
        dataset = client.upload(path)
    run = client.start_run(dataset=dataset["id"], target="target", budget={"timeout_s": options.timeout_s})
    for _ in client.follow(run["id"]):
        pass
    run = client.run(run["id"])
    if run["state"] != "succeeded":
        raise SystemExit(f"{table.name}: {run['state']}: {run['error']}")
    model, _, number = run["model_version"].rpartition(":")
    rows = table.rows("test").drop(["target"]).to_pylist()
    answers: list[Json] = []
    for start in range(0, len(rows), ROWS_A_REQUEST):
        answer = client.predict(model, number, rows[start : start + ROWS_A_REQUEST])
        answers += answer.get("probabilities") or answer["predictions"]
    return run, answers


def _outputs(answers: list[Json], classes: list[Json]) -> NDArray[np.float64]:
    if not classes:
        return np.array(answers, np.float64)
    return np.array([[answer[str(label)] for label in classes] for answer in answers])


def _default_lightgbm(benched: Table) -> NDArray[np.float64]:
    train, test = benched.rows("train"), benched.rows("test")
    names = [name for name in train.column_names if name != "target"]
    text = [i for i, name in enumerate(names) if pa.types.is_string(train.schema.field(name).type)]
    codes = {i: {v: k for k, v in enumerate(pc.unique(train[names[i]]).to_pylist())} for i in text}

    def matrix(table: pa.Table) -> NDArray[np.float64]:
        columns = []
        for i, name in enumerate(names):
            values = table[name].to_pylist()
            known = [codes[i].get(v, np.nan) if v is not None else np.nan for v in values] if i in codes else values
            columns.append(np.array(known, np.float64))
        return np.column_stack(columns)

    kind = lightgbm.LGBMClassifier if benched.classes else lightgbm.LGBMRegressor
    model = kind(verbose=-1, n_jobs=2).fit(matrix(train), benched.truth("train"), categorical_feature=text)
    if not benched.classes:
        return np.asarray(model.predict(matrix(test)), np.float64)
    return np.asarray(model.predict_proba(matrix(test)), np.float64)


def _interval(
    metric: Metric, truth: NDArray[Any], ours: NDArray[np.float64], default: NDArray[np.float64]
) -> tuple[float, float]:
    """95 % interval of how much better ours is, by a paired bootstrap over the test rows."""
    random = np.random.default_rng(0)
    measures = [prepare(metric, truth, outputs) for outputs in (ours, default)]
    sign = -1 if metric in LOSSES else 1
    gains = []
    for _ in range(RESAMPLES):
        weights = np.bincount(random.integers(0, len(truth), len(truth)), minlength=len(truth)).astype(np.float64)
        gains.append(sign * (measures[0](weights) - measures[1](weights)))
    low, high = np.quantile(gains, [0.025, 0.975])
    return float(low), float(high)


def _write(options: argparse.Namespace, lines: list[str]) -> None:
    head = (
        f"# The main job over HTTP, {options.timeout_s:g} s a table\n\n"
        f"{datetime.now(UTC):%Y-%m-%d}, 2 cores, Python {sys.version.split()[0]}, LightGBM {version('lightgbm')}, "
        f"hyperopt {version('hyperopt')}. Test rows that neither saw; a gain over zero is Winnow's, with the "
        "95 % interval of a paired bootstrap over the test rows.\n\n"
        "| table | trials | seconds | metric | Winnow | default LightGBM | gain | others (Winnow/default) |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    )
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(head + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
