"""A directory of translation models of one layer and random weights: all that real ones have but sense."""

from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec

_DIM = 16
_WORDS = ("the", "house", "is", "very", "big", ".", "please", "cancel", "la", "casa", "es", "muy", "grande")


def make_models(directory: Path) -> Path:
    """English to Spanish and back."""
    for seed, way in enumerate(("there", "back")):
        (directory / way).mkdir(parents=True)
        _make(directory / way, np.random.default_rng(seed))
    return directory


def _make(directory: Path, rng: np.random.Generator) -> None:
    for side in ("source", "target"):
        pieces = _pieces(directory / f"{side}.spm")
    tokens = ["<blank>", "<unk>", "<s>", "</s>", *(it for it in pieces if it not in ("<unk>", "<s>", "</s>"))]
    spec = TransformerSpec.from_config(num_layers=1, num_heads=2)
    _fill(spec, rng, len(tokens))
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.validate()
    spec.save(str(directory))


def _pieces(path: Path) -> list[str]:
    lines = (" ".join((*_WORDS[place:], *_WORDS[:place])) for place in range(len(_WORDS)))
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=lines,
        model_prefix=str(path),
        vocab_size=60,
        hard_vocab_limit=False,
        minloglevel=2,
        num_threads=1,
    )
    Path(f"{path}.model").rename(path)
    Path(f"{path}.vocab").unlink()
    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [model.id_to_piece(number) for number in range(model.get_piece_size())]


def _fill(spec: TransformerSpec, rng: np.random.Generator, tokens: int) -> None:
    def linear(layer: Any, out: int, size: int = _DIM) -> None:
        layer.weight = rng.normal(0, 0.5, (out, size)).astype(np.float32)
        layer.bias = np.zeros(out, np.float32)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(_DIM, np.float32), np.zeros(_DIM, np.float32)

    def attention(layer: Any, *sizes: int) -> None:
        norm(layer.layer_norm)
        for part, size in zip(layer.linear, sizes, strict=True):
            linear(part, size)

    def forward(layer: Any) -> None:
        norm(layer.layer_norm)
        linear(layer.linear_0, 2 * _DIM)
        linear(layer.linear_1, _DIM, 2 * _DIM)

    encoder, decoder = spec.encoder, spec.decoder
    for embeddings in (encoder.embeddings[0], decoder.embeddings):
        embeddings.weight = rng.normal(0, 0.5, (tokens, _DIM)).astype(np.float32)
    for half in (encoder, decoder):
        norm(half.layer_norm)
        attention(half.layer[0].self_attention, 3 * _DIM, _DIM)
        forward(half.layer[0].ffn)
    attention(decoder.layer[0].attention, _DIM, 2 * _DIM, _DIM)
    linear(decoder.projection, tokens)
