"""Kills a writer before each step: `python -m tests.unit.registry.kill_each_step FOLDER put|create|replace|delete`.

For each number a child makes one change to a store of its own, `FOLDER/<number>`, and is killed before its system
call of that number. Python's audit events tell of the calls that matter (open, link, rename, remove, mkdir, flock);
syncs are wrapped, because they raise none. It ends when a child comes through.
"""

import hashlib
import os
import signal
import sys
from pathlib import Path

from registry.local import LocalStore

KEY = "a/b/key"


def change(store: LocalStore, how: str) -> None:
    new = b"new" * 1000
    match how:
        case "put":
            store.put(KEY, new)
        case "create":
            store.put(KEY, new, if_absent=True)
        case "replace":
            store.put(KEY, new, if_match=hashlib.sha256(b"old").hexdigest())
        case "delete":
            store.delete(KEY)


def kill_before(step: int) -> None:
    left = step

    def count(event: str, _: object) -> None:
        nonlocal left
        if event in ("open", "os.link", "os.rename", "os.remove", "os.mkdir", "fcntl.flock", "sync"):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sync = os.fsync

    def sync_and_tell(descriptor: int) -> None:
        sys.audit("sync")
        sync(descriptor)

    os.fsync = sync_and_tell
    sys.addaudithook(count)


def main(folder: Path, how: str) -> None:
    status, step = -1, 0
    while status != 0:
        step += 1
        store = LocalStore(folder / str(step))
        if how != "create":
            store.put(KEY, b"old")
        child = os.fork()
        if not child:
            kill_before(step)
            change(store, how)
            os._exit(0)
        status = os.waitpid(child, 0)[1]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
