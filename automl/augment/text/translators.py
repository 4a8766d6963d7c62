"""Engines that take texts to another language and back, and the one that this process uses."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from automl.augment.text.apertium import Apertium
from automl.augment.text.ctranslate import CTranslate2
from automl.augment.text.libretranslate import LibreTranslate
from automl.clock import Over, never

_MODELS: Final = "ctranslate2:"


class Translator(Protocol):
    """An engine: plain data, so that it goes along to where trials are made."""

    @property
    def name(self) -> str:
        """Tells it from engines that translate otherwise."""

    @property
    def most_characters(self) -> int:
        """That are translated in a fold: what takes about four seconds."""

    def missing(self) -> str | None:
        """What it lacks here, to end a sentence that says what is needed; None when it can translate."""

    def there_and_back(self, texts: Sequence[str], told_to_stop: Over = never) -> list[str]:
        """Each English text in Spanish, and that in English. Raises whatever keeps it from that.

        It asks often whether it shall stop, and raises `Unfinished` then.
        """


def translator_of(setting: str, key: str | None = None) -> Translator:
    """The engine that a setting names.

    Args:
        setting: `apertium`, `ctranslate2:` and a directory of models, or the URL of a LibreTranslate.
        key: that the URL's service wants, if it wants one.

    Raises:
        ValueError: it names no engine.
    """
    if setting == "apertium":
        return Apertium()
    if setting.startswith(("http://", "https://")):
        return LibreTranslate(setting.rstrip("/"), key)
    if setting.startswith(_MODELS) and setting != _MODELS:
        return CTranslate2(Path(setting.removeprefix(_MODELS)))
    raise ValueError(f"{setting!r} names no translator")


class _InUse:
    """One for the whole process: who runs it chooses it, before anything is asked of it."""

    translator: Translator = Apertium()


def use(translator: Translator) -> None:
    """Translate by this from now on."""
    _InUse.translator = translator


def in_use() -> Translator:
    """What this process translates by; Apertium unless it was told otherwise."""
    return _InUse.translator
