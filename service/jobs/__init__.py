"""Runs carried out: claimed under a lease, trained, spooled, published, finished."""

from service.jobs.worker import Worker, work

__all__ = ["Worker", "work"]
