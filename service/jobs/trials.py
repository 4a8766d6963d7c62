"""Where the trials of a run are made."""

from functools import partial

from automl.errors import ClusterUnusable
from automl.explore import MakeRunner
from automl.types import TrainRequest
from service.settings import Settings


def trial_runner(settings: Settings, request: TrainRequest) -> MakeRunner | None:
    """On the cluster that the settings name; None for this process.

    Raises `ClusterUnusable` where Dask is not installed.
    """
    if settings.dask_url is None:
        return None
    try:
        from automl.cluster import on_cluster  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        detail = "WINNOW_DASK_URL is set, but Dask is not installed here. Install Winnow's extra `dask`."
        raise ClusterUnusable("dask-missing", detail) from error
    return partial(on_cluster, url=settings.dask_url, repeatable=request.max_trials is not None)
