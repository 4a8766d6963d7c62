"""A worker's name: kept in a file, and locked while a process bears it.

Who gets a name's lock knows that its former bearer on this data directory is dead, and need not wait for its leases.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from service.files import make_private, try_lock


@contextmanager
def own_name(directory: Path) -> Iterator[str]:
    """The first name in the directory that no living process bears, to be borne until the end."""
    make_private(directory)
    for number in count():
        file = try_lock(directory / str(number))
        if file is None:
            continue
        with file:
            name = file.read().decode()
            if not name:
                name = f"worker_{secrets.token_hex(8)}"
                file.write(name.encode())
                file.flush()
            yield name
        return
