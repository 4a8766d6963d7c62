"""Linear algebra on one thread: on more, OpenBLAS adds up long vectors in another order, and so to other last bits."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from threadpoolctl import threadpool_limits

_lock = Lock()
_users: list[threadpool_limits] = []
"""The limit that the first of those inside has set, once for each of them: it holds for all threads of the process."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep numpy's and scipy's BLAS to one thread until the last of those inside has left."""
    with _lock:
        _users.append(_users[0] if _users else threadpool_limits(1, user_api="blas"))
    try:
        yield
    finally:
        with _lock:
            limit = _users.pop()
            if not _users:
                limit.restore_original_limits()
