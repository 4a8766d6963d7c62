"""Texts to Spanish and back: the same said otherwise (Sennrich et al. 2016)."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from threading import Lock
from typing import Final

import numpy as np

from automl.augment.rows import TrainingRows
from automl.augment.text.rows import affordable, retexted
from automl.augment.text.translators import Translator
from automl.clock import Over, Unfinished, go_on, never
from automl.errors import AutomlError, TranslationFailed

_SHORTEST, _LONGEST = 0.6, 1.6
"""Times the length of the text, between which a translation is taken for one: about one in seven is poor."""
_KEPT: Final = 100_000
_PATIENCE_S: Final = 0.1

_known: OrderedDict[bytes, str] = OrderedDict()
"""Translations by digests of engine and text, the oldest first: all folds and trials of a run meet the same texts."""
_lock = Lock()


def back_translation(rows: TrainingRows, strength: float, rng: np.random.Generator) -> TrainingRows:
    """Copies of rows with their texts translated to and fro, for `strength` of the rows; none where nothing changed."""
    if not rows.texts:
        return rows
    engine = rows.translator
    base = affordable(rows, rng, engine.most_characters)
    base = np.sort(rng.choice(base, max(1, round(strength * len(base))), replace=False))
    made, texts = retexted(rows, base, lambda known: _taken(known, back_translated(known, engine, rows.told_to_stop)))
    return rows.grown(base, made, rows.target[base], texts=texts, only_changed=True)


def back_translated(texts: Sequence[str], engine: Translator, told_to_stop: Over = never) -> list[str]:
    """Each text there and back; those that are not known yet at once.

    Raises:
        TranslationFailed: the engine does not translate.
        Unfinished: it was told to stop.
    """
    keys = [_key(text, engine) for text in texts]
    with _alone(told_to_stop):
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in _known}
        if missing:
            said = _translated(list(missing.values()), engine, told_to_stop)
            _known.update(zip(missing, said, strict=True))
        found = [_known[key] for key in keys]
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return found


@contextmanager
def _alone(told_to_stop: Over) -> Iterator[None]:
    """Folds run side by side, and would translate the same texts: so one does, and the others wait."""
    while not _lock.acquire(timeout=_PATIENCE_S):
        go_on(told_to_stop)
    try:
        yield
    finally:
        _lock.release()


def _translated(texts: Sequence[str], engine: Translator, told_to_stop: Over) -> list[str]:
    try:
        return engine.there_and_back(texts, told_to_stop)
    except (Unfinished, AutomlError):
        raise
    except Exception as error:
        why = str(error) or type(error).__name__
        detail = f"Texts could not be translated ({why}): try again later, or leave 'back_translation' out."
        raise TranslationFailed("no-translator", detail) from error


def _key(text: str, engine: Translator) -> bytes:
    return blake2b(f"{engine.name}\0{text}".encode("utf-8", "replace"), digest_size=16).digest()


def _taken(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The translations, but for what is too long or too short to be one."""
    return [
        other if _SHORTEST * len(text) <= len(other) <= _LONGEST * len(text) else text
        for text, other in zip(old, new, strict=True)
    ]
