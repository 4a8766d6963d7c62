"""A typed table to the matrix that LightGBM takes, fitted on training rows only."""

from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np

from automl.features.columntexts import TextPlace
from automl.features.datecolumns import DateColumn
from automl.features.encoders import ENCODERS, Categories, Datetimes, Encoder
from automl.features.imagecolumns import ImageColumn
from automl.features.images import Images
from automl.features.textcolumns import TextColumn
from automl.features.texts import Texts
from automl.text.index import Terms
from automl.types import Column, Floats, Frame, Json


class FeatureEncoder:
    """The fitted encoders of a table's columns, in one fixed order whatever order the table comes in.

    Attributes:
        columns: what `transform` needs of a frame.
        names: one readable name a feature.
        sources: the column that each feature comes from.
        categorical: indices of the features that are codes without an order.
    """

    def __init__(self, columns: Sequence[Column], encoders: Sequence[Encoder]) -> None:
        """Use `fit` or `from_json`."""
        self.columns = tuple(columns)
        self._slots: list[tuple[str, Encoder, int, int]] = []
        names: list[str] = []
        for column, encoder in zip(columns, encoders, strict=True):
            self._slots.append((column.name, encoder, len(names), len(names) + len(encoder.parts)))
            names.extend(f"{column.name}{part}" for part in encoder.parts)
        self.names = tuple(names)
        self.sources = tuple(name for name, encoder, _, _ in self._slots for _ in encoder.parts)
        self.categorical = tuple(start for _, encoder, start, _ in self._slots if isinstance(encoder, Categories))

    @classmethod
    def fit(cls, frame: Frame, columns: Sequence[Column]) -> Self:
        """Learn from training rows what `columns` need."""
        return cls(columns, [ENCODERS[column.type].fit(frame[column.name]) for column in columns])

    @classmethod
    def learn(cls, frame: Frame, columns: Sequence[Column]) -> tuple[Self, tuple[TextColumn, ...]]:
        """What `fit` gives, and what `texts` gives of the same rows, which are taken apart only once."""
        learnt = {column.name: Texts.learn(frame[column.name]) for column in columns if column.type == "text"}
        encoders = [
            learnt[column.name][0] if column.name in learnt else ENCODERS[column.type].fit(frame[column.name])
            for column in columns
        ]
        encoder = cls(columns, encoders)
        return encoder, tuple(encoder._text(name, frame, terms) for name, (_, terms) in learnt.items())

    def transform(self, frame: Frame) -> Floats:
        """A C-contiguous (n_rows, n_features) matrix. Raises `KeyError` for a column that the frame lacks."""
        rows = len(frame[self.columns[0].name]) if self.columns else 0
        matrix = np.empty((rows, len(self.names)))
        for name, encoder, start, end in self._slots:
            encoder.write(frame[name], matrix[:, start:end])
        return matrix

    def places(self, column: str) -> list[int]:
        """The features that a column is made into."""
        return [place for place, source in enumerate(self.sources) if source == column]

    def images(self, frame: Frame) -> tuple[ImageColumn, ...]:
        """The frame's image columns, with their places in the matrix."""
        return tuple(
            ImageColumn(name, frame[name], tuple(range(start, end)), encoder)
            for name, encoder, start, end in self._slots
            if isinstance(encoder, Images)
        )

    @property
    def dates(self) -> tuple[DateColumn, ...]:
        """Where each column of dates stands."""
        return tuple(
            DateColumn(tuple(range(start, end)), encoder)
            for _, encoder, start, end in self._slots
            if isinstance(encoder, Datetimes)
        )

    def texts(self, frame: Frame) -> tuple[TextColumn, ...]:
        """The frame's text columns, with their places in the matrix and their terms beside it."""
        return tuple(
            self._text(name, frame, encoder.terms(frame[name]))
            for name, encoder, _, _ in self._slots
            if isinstance(encoder, Texts)
        )

    @property
    def text_places(self) -> tuple[TextPlace, ...]:
        """Where each text column stands."""
        return tuple(
            TextPlace(tuple(range(start, end)), encoder.index.widths)
            for _, encoder, start, end in self._slots
            if isinstance(encoder, Texts)
        )

    def _text(self, name: str, frame: Frame, terms: Terms) -> TextColumn:
        encoder, start, end = next(slot[1:] for slot in self._slots if slot[0] == name)
        if not isinstance(encoder, Texts):
            raise TypeError(f"{name!r} is not a column of texts")
        return TextColumn(name, frame[name], tuple(range(start, end)), encoder, terms)

    def unseen(self, frame: Frame) -> Iterator[tuple[int, str, str]]:
        """Row, column and value of every category that the encoder does not know."""
        for name, encoder, _, _ in self._slots:
            if isinstance(encoder, Categories):
                for row, value in encoder.unknown(frame[name]):
                    yield row, name, value

    def to_json(self) -> Json:
        """All that was learnt; `from_json` gives back an encoder that transforms alike."""
        return [
            {"name": column.name, "type": column.type, **encoder.to_json()}
            for column, (_, encoder, _, _) in zip(self.columns, self._slots, strict=True)
        ]

    @classmethod
    def from_json(cls, document: Json) -> Self:
        """Raises `ValueError` for anything that `to_json` cannot have written."""
        if not isinstance(document, list) or not all(_is_entry(entry) for entry in document):
            raise ValueError("encoders must be a list of named and typed entries")
        columns = [Column(entry["name"], entry["type"]) for entry in document]
        if len({column.name for column in columns}) != len(columns):
            raise ValueError("two encoders for one column")
        return cls(columns, [ENCODERS[entry["type"]].from_json(entry) for entry in document])


def _is_entry(entry: Json) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("name"), str) and entry.get("type") in tuple(ENCODERS)
