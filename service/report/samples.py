"""What augmentation did to rows, as the page shows it: the cells that it changed, beside what they were."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from automl.types import Json

_MOST_PAIRS, _MOST_CELLS = 4, 6
_MOST_LETTERS: Final = 300
_FORMATS: Final = {"iVBORw0KGgo": "png", "/9j/": "jpeg", "UklGR": "webp", "R0lGOD": "gif"}
"""How base 64 of images begins."""


def changes(augmentation: Mapping[str, Json] | None) -> list[dict[str, Any]]:
    """Each augmentation with a few rows, and of each of these its number in the dataset and a few lines.

    Args:
        augmentation: of a report; None in those of earlier releases.
    """
    samples = (augmentation or {}).get("samples") or []
    return [{**sample, "pairs": [_shown(pair) for pair in sample["pairs"][:_MOST_PAIRS]]} for sample in samples]


def _shown(pair: Mapping[str, Json]) -> dict[str, Json]:
    return {"row": pair.get("row"), "lines": list(_lines(pair))}  # earlier releases told no row


def _lines(pair: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    """`name`, `original`, `changed`; of a row that is left out the first cells, of one that only counts its target."""
    old, new = pair["original"], pair["changed"]
    if new is None:
        yield from ({"name": name, "original": _cell(old[name]), "changed": None} for name in islice(old, _MOST_CELLS))
        return
    before = pair.get("weight_before", 1.0)
    if pair["weight"] != before:
        yield {"name": "counts", "original": {"text": _times(before)}, "changed": {"text": _times(pair["weight"])}}
    names = [name for name in old if old[name] != new[name]] or list(old)[-1:]
    for name in names[:_MOST_CELLS]:
        yield {"name": name, "original": _cell(old[name]), "changed": _cell(new[name])}


def _times(weight: float) -> str:
    return "once" if weight == 1 else f"{weight:.3g} times"


def _cell(value: Json) -> dict[str, Json]:
    """A value as `text`, or an image as the `source` of one."""
    if not isinstance(value, str):
        return {"text": value}
    kind = next((kind for begin, kind in _FORMATS.items() if value.startswith(begin)), None)
    if kind:
        return {"source": f"data:image/{kind};base64,{value}"}
    return {"text": value if len(value) <= _MOST_LETTERS else f"{value[:_MOST_LETTERS]}…"}
