"""Four workers, two hundred runs, a SIGKILL every moment: nothing lost, nothing doubled."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from service.store import Database, Events, Runs, RunSpec, utcnow
from tests.integration.queue_worker import TRIALS

RUNS = 200
WORKERS = 4


def start(url: str, name: str, notes: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.integration.queue_worker", url, name, str(notes)])


def kill_until_done(database: Database, url: str, notes: Path) -> int:
    """Keep four workers alive, killing one at random again and again; returns the number of kills."""
    runs, dice, kills = Runs(database, utcnow), random.Random(7), 0
    workers = {f"w{number}": start(url, f"w{number}", notes) for number in range(WORKERS)}
    try:
        while {"queued", "running"} & runs.count().keys():
            time.sleep(dice.uniform(0.2, 1.0))  # shorter, and nobody would get beyond importing
            name = dice.choice(list(workers))
            workers[name].kill()
            kills += workers[name].wait() == -signal.SIGKILL
            workers[name] = start(url, name, notes)
    finally:
        for worker in workers.values():
            worker.kill()
            worker.wait()
    return kills


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_doubled(database: Database, database_url: str, tmp_path: Path) -> None:
    runs, notes = Runs(database, utcnow), tmp_path / "notes"
    spec = RunSpec(project="p", dataset="ds_1", model="m", request={"target": "y"})
    made = [runs.create(spec, max_queued=RUNS).id for _ in range(RUNS)]
    kills = kill_until_done(database, database_url, notes)
    acknowledged = Counter(tuple(line.split()) for line in notes.read_text().splitlines())
    trials = Counter((run, int(number)) for kind, run, number, _ in acknowledged if kind == "trial")
    assert kills > WORKERS
    assert any(int(epoch) > 1 for _, _, _, epoch in acknowledged), "no kill hit a run: the test has shown nothing"
    assert max(acknowledged.values()) == 1
    assert max(trials.values()) == 1
    for run_id in made:
        run = runs.get("p", run_id)
        assert run is not None
        assert (run.state, run.trials, run.best_trial) == ("succeeded", TRIALS, TRIALS - 1)
        assert run.model_version == f"m:{run.epoch}"
        stored = runs.trials(run_id)
        assert [trial.number for trial in stored] == list(range(TRIALS))
        told = {(run_id, trial.number): trial.params["epoch"] for trial in stored}
        for kind, other, number, epoch in acknowledged:
            if kind == "trial" and other == run_id:
                assert told[run_id, int(number)] == int(epoch)
        kinds = Counter(event.kind for event in Events(database).after(run_id))
        assert (kinds["trial"], kinds["best"], kinds["state"]) == (TRIALS, TRIALS, 3)
