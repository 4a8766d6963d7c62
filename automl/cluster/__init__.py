"""Trials on other machines: one run's trials on the workers of an existing Dask cluster. Needs the extra `dask`."""

from automl.cluster.connect import on_cluster

__all__ = ["on_cluster"]
