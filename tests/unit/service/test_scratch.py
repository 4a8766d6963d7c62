import os
import signal
import subprocess
import sys
from pathlib import Path

from service.context import Context
from service.usecases.scratch import scratch, sweep_scratch
from tests.servers.api import Api

_HOLDER = """
import sys
from pathlib import Path
from service.context import open_context
from service.settings import Settings
from service.usecases.scratch import scratch
with open_context(Settings(data=Path(sys.argv[1]))) as context, scratch(context) as directory:
    (directory / "upload").write_bytes(b"half")
    print("held", flush=True)
    sys.stdin.read()
"""


def left(context: Context) -> list[Path]:
    return [path for path in (context.settings.data / "tmp").iterdir() if path.is_dir()]


def test_gone_when_the_work_ends(api: Api) -> None:
    with scratch(api.context) as directory:
        (directory / "file").write_text("x")
        assert left(api.context) == [directory]
    assert left(api.context) == []


def test_a_sweep_leaves_what_is_in_use_and_takes_what_a_killed_process_left(api: Api) -> None:
    command = [sys.executable, "-c", _HOLDER, str(api.context.settings.data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        sweep_scratch(api.context)
        assert len(left(api.context)) == 1
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    sweep_scratch(api.context)
    assert left(api.context) == []
