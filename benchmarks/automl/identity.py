"""A cell's name, made of all that its result depends on."""

import hashlib
import json
import os
import subprocess
import tempfile
from pathlib import Path

from benchmarks.automl.cell import Wish
from benchmarks.automl.roster import Peer

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).with_name("peers")
_SHARED = ("common.py", "frames.py", "boosting.py")


def key(wish: Wish) -> str:
    """Another name for anything that could come out otherwise, but for the machine."""
    table = wish.table
    return f"{wish.peer.name}-{_asked(wish.peer)}-{table.name}-{table.digest}-{wish.seconds:g}s-{wish.seed}"


def engine() -> str:
    """Git's hash of `automl/` as it is now, what is not committed included."""
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ) | {"GIT_INDEX_FILE": f"{folder}/index"}
        for command in (["read-tree", "HEAD"], ["add", "automl"], ["write-tree", "--prefix=automl/"]):
            done = subprocess.run(
                ["git", *command], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
            )
    return done.stdout.strip()


def _asked(peer: Peer) -> str:
    """Of the peer with how it is asked: its scripts, options and packages; for Winnow the engine."""
    scripts = [(SCRIPTS / name).read_bytes() for name in (f"{peer.kind}_peer.py", *_SHARED)]
    rest = engine().encode() if peer.kind == "winnow" else (SCRIPTS / f"{peer.kind}.txt").read_bytes()
    options = json.dumps(dict(peer.options), sort_keys=True).encode()
    return hashlib.sha256(b"\0".join((*scripts, rest, options))).hexdigest()[:12]
