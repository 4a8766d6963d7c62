"""LightGBM, told how to behave before it is loaded."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Its threads spin while they wait, which on a busy machine made a fit 400 times as long; and where they sleep at once,
# waking them makes it 5 to 100 times as long on a quiet one. GCC's OpenMP spins for some microseconds if told so, and
# then sleeps. It is read once, when LightGBM is loaded.
if sys.platform == "linux":
    os.environ.setdefault("OMP_WAIT_POLICY", "active")
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
else:
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
import lightgbm as lgb

# It prints to stdout unless it is given a logger.
lgb.register_logger(logging.getLogger(__name__), info_method_name="debug", warning_method_name="debug")

__all__ = ["LIBRARY", "lgb", "limit_threads", "threads"]

# LightGBM has no public way to its C API, nor to the OpenMP that it uses.
LIBRARY = lgb.basic._LIB  # type: ignore[attr-defined]  # noqa: SLF001


def limit_threads(count: int) -> None:
    """Let LightGBM use so many threads, at least 1, for what the calling thread asks of it from now on.

    It is OpenMP's limit, which is each thread's own. LightGBM's `num_threads` must not be used: it sets one number for
    the whole process, and of two calls at once with different numbers one writes beyond its buffers.
    """
    LIBRARY.omp_set_num_threads(count)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """The same for what is asked inside."""
    before = LIBRARY.omp_get_max_threads()
    limit_threads(count)
    try:
        yield
    finally:
        limit_threads(before)
