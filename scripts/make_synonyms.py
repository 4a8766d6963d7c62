"""Make the table of synonyms from WordNet's own files, such as those of Debian's package wordnet-base.

    python scripts/make_synonyms.py /usr/share/wordnet licence.txt > automl/augment/text/synonyms.tsv

A word has the other single words of its most frequent sense, where WordNet's authors have met that sense in texts.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

_TAGS = {"noun": "N", "verb": "V", "adj": "J", "adv": "R"}


def main() -> None:
    """Write the licence as comments, then `word, part of speech, synonyms`."""
    folder, licence = map(Path, sys.argv[1:])
    print("\n".join(f"# {line}".rstrip() for line in licence.read_text().splitlines()))
    for part, tag in _TAGS.items():
        synsets = dict(_synsets(folder / f"data.{part}"))
        for word, first in _words(folder / f"index.{part}"):
            others = [other for other in synsets[first] if other != word and other.isalpha() and other.islower()]
            if others:
                print(word, tag, " ".join(others), sep="\t")


def _synsets(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Offset and words of each; an adjective's position, as in `galore(ip)`, is dropped with its word."""
    for line in _lines(path):
        offset, _, _, count, *rest = line.split()
        yield offset, rest[: 2 * int(count, 16) : 2]


def _words(path: Path) -> Iterator[tuple[str, str]]:
    """Each single word that texts were found to hold, with its most frequent sense."""
    for line in _lines(path):
        word, _, _, pointers, *rest = line.split()
        _, met, first, *_ = rest[int(pointers) :]
        if word.isalpha() and int(met) > 0:
            yield word, first


def _lines(path: Path) -> Iterator[str]:
    return (line for line in path.read_text("latin-1").splitlines() if not line.startswith(" "))


if __name__ == "__main__":
    main()
