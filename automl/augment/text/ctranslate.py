"""Translation by neural models of an operator's own, through CTranslate2 (Klein et al. 2020) and SentencePiece.

The directory holds a model for each way, `there` (English to Spanish) and `back`, as CTranslate2's converters write it,
with the `source.spm` and `target.spm` that it was trained with.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from automl.clock import Over, go_on, never
from automl.machine import cores

_WAYS: Final = ("there", "back")
_FILES: Final = ("model.bin", "config.json", "source.spm", "target.spm")
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.!?])\s+|\s*\n\s*")
_END: Final = "</s>"
_BEAM, _BATCH, _MOST_PIECES = 2, 32, 256

Translate = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True, slots=True)
class CTranslate2:
    """Models in a directory, which lies at the same place on every host that makes trials."""

    directory: Path

    most_characters: int = 20_000

    @property
    def name(self) -> str:
        """With its directory."""
        return f"ctranslate2:{self.directory}"

    def missing(self) -> str | None:
        """The libraries, or files of the directory."""
        if any(find_spec(package) is None for package in ("ctranslate2", "sentencepiece")):
            return "CTranslate2, which is not installed here: install Winnow's extra `ctranslate2`"
        absent = [f"{way}/{file}" for way in _WAYS for file in _FILES if not (self.directory / way / file).is_file()]
        return f"models, but the directory that WINNOW_TRANSLATION names lacks {', '.join(absent)}" if absent else None

    def there_and_back(self, texts: Sequence[str], told_to_stop: Over = never) -> list[str]:
        """Sentence by sentence, in batches. Raises `RuntimeError`, `OSError`, `ValueError` where models do not load."""
        for way in _WAYS:
            go_on(told_to_stop)
            texts = _by_sentence(_loaded(self.directory / way), texts)
        return list(texts)


def _by_sentence(translate: Translate, texts: Sequence[str]) -> list[str]:
    """Such models were trained on sentences, and leave away what is longer."""
    split = [[part for part in _SENTENCE_ENDS.split(text) if part] for text in texts]
    said = iter(translate([part for parts in split for part in parts]))
    return [" ".join(next(said) for _ in parts) for parts in split]


@cache
def _loaded(directory: Path) -> Translate:
    """Models of hundreds of megabytes are loaded once. One thread a batch: sums over more differ in their last bits."""
    from ctranslate2 import Translator  # noqa: PLC0415 - an optional extra
    from sentencepiece import SentencePieceProcessor  # noqa: PLC0415 - as above

    model = Translator(str(directory), device="cpu", inter_threads=cores(), intra_threads=1)
    pieces, words = (SentencePieceProcessor(model_file=str(directory / f"{side}.spm")) for side in ("source", "target"))
    end = [] if _adds_end(directory) else [_END]

    def translate(sentences: Sequence[str]) -> list[str]:
        source = [part[: _MOST_PIECES - 1] + end for part in pieces.encode(list(sentences), out_type=str)]
        found = model.translate_batch(
            source, beam_size=_BEAM, max_batch_size=_BATCH, max_decoding_length=_MOST_PIECES, replace_unknowns=True
        )
        return [words.decode(result.hypotheses[0]) for result in found]

    return translate


def _adds_end(directory: Path) -> bool:
    """Whether the model puts the end of a sentence there itself; models of either kind are about."""
    return bool(json.loads((directory / "config.json").read_bytes()).get("add_source_eos"))
