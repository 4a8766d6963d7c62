"""Translation by Apertium, a rule-based engine that works offline (Forcada et al. 2011). It is run, never linked.

Its modes are pipelines of programs. Each is run once over many texts with a NUL behind each, so that starting it, which
takes longer than to translate a sentence, is paid once.
"""

import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from automl.clock import Over, go_on, never

_MODES: Final = Path("/usr/share/apertium/modes")
_SPECIAL: Final = re.compile(r"([\[\]{}^$/\\@<>~])")
_ESCAPED: Final = re.compile(r"\\(.)")
_UNMARKED: Final = {"$1": ["-n"], "$2": []}
"""What the parameters of a mode become: words that it does not know pass without a mark."""
_TIMEOUT_S: Final = 120
_END: Final = b"\n"
"""Without a blank behind it, a last full stop would be swallowed."""
_OUT, _BACK = "eng-spa", "spa-eng"


@dataclass(frozen=True, slots=True)
class Apertium:
    """The engine as it is installed on this host."""

    name: str = "apertium"
    most_characters: int = 200_000

    def missing(self) -> str | None:
        """The engine or its languages."""
        if installed(_OUT) and installed(_BACK):
            return None
        return "Apertium, which is not installed here: apt-get install apertium apertium-eng-spa"

    def there_and_back(self, texts: Sequence[str], told_to_stop: Over = never) -> list[str]:
        """Raises as `translate`."""
        return translate(translate(texts, _OUT, told_to_stop), _BACK, told_to_stop)


@cache
def installed(mode: str) -> bool:
    """Whether a mode such as `eng-spa` can be used here."""
    return shutil.which("lt-proc") is not None and (_MODES / f"{mode}.mode").exists()


def translate(texts: Sequence[str], mode: str, told_to_stop: Over = never) -> list[str]:
    """The texts in the other language, one for each.

    Raises:
        OSError, subprocess.SubprocessError: a program is missing, fails or hangs.
        Unfinished: it was told to stop, before one of the programs.
    """
    said = [_SPECIAL.sub(r"\\\1", text.replace("\0", " ")).encode("utf-8", "replace") + _END for text in texts]
    for command in _stages(mode):
        go_on(told_to_stop)
        said = _run(command, b"\0".join([*said, b""])).split(b"\0")[: len(texts)]  # each stage ends with one more
    if len(said) < len(texts):
        raise subprocess.SubprocessError(f"Apertium gave {len(said)} texts for {len(texts)}")
    return [_ESCAPED.sub(r"\1", text.removesuffix(_END).decode("utf-8", "replace")) for text in said]


def _run(command: list[str], said: bytes) -> bytes:
    # From Apertium's own file; the texts are its input, and no part of the command.
    return subprocess.run(command, input=said, capture_output=True, check=True, timeout=_TIMEOUT_S).stdout  # noqa: S603


@cache
def _stages(mode: str) -> list[list[str]]:
    """The mode's commands, each told to flush at a NUL."""
    stages = (shlex.split(stage) for stage in (_MODES / f"{mode}.mode").read_text().split("|"))
    return [[name, "-z", *(part for word in rest for part in _UNMARKED.get(word, [word]))] for name, *rest in stages]
