import sys

import pytest

from automl.errors import ClusterUnusable
from automl.types import TrainRequest
from service.jobs.trials import trial_runner
from service.settings import Settings

URL = "tcp://127.0.0.1:8786"


def test_without_a_cluster_trials_are_made_here() -> None:
    assert trial_runner(Settings(), TrainRequest(target="y")) is None


@pytest.mark.parametrize("max_trials", [None, 7])
def test_what_trials_end_can_be_repeated(max_trials: int | None) -> None:
    pytest.importorskip("distributed", reason="needs the extra `dask`")
    runner = trial_runner(Settings(dask_url=URL), TrainRequest(target="y", max_trials=max_trials))
    assert runner.keywords == {"url": URL, "repeatable": max_trials is not None}  # type: ignore[union-attr]


def test_a_cluster_without_dask_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "automl.cluster", None)
    with pytest.raises(ClusterUnusable, match="extra `dask`"):
        trial_runner(Settings(dask_url=URL), TrainRequest(target="y"))
