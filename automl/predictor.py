"""Rows in, predictions out: encoders, models and a threshold as one thing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from automl.decisions.calibrators import Calibrator
from automl.decisions.decision import Decision, Decisions, decide
from automl.explanations.explain import Explanation, explain
from automl.explanations.words import Effects, word_effects
from automl.features.encoder import FeatureEncoder
from automl.features.textcolumns import TextColumn
from automl.learners.booster import Booster
from automl.learners.models import Member, blend
from automl.profiling.columns import Finding
from automl.rowschema import rows_schema
from automl.tables.coerce import extra_columns, frame_from_rows, frame_from_table
from automl.types import Floats, Frame, Json, Task

_MOST_WARNINGS = 20
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorSpec:
    """All of a predictor but its models.

    Attributes:
        task: what is predicted.
        target: name of the predicted column.
        classes: labels as the training table had them (str, bool, int or float) by class index, the positive one last
            of two; empty for regression.
        encoder: fitted on training rows.
        decisions: how labels are called; None for regression.
        calibrator: of the members' probabilities, before anything is decided; None leaves them as they are.
        reach: how far a member's values may be from the median of all members; None where there is no limit.
        sample: one training row as JSON, without the target.
    """

    task: Task
    target: str
    classes: tuple[Json, ...]
    encoder: FeatureEncoder
    decisions: Decisions | None
    calibrator: Calibrator | None = None
    reach: float | None = None
    sample: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class PredictionWarning:
    """Something odd that did not keep a row from being answered; `row` is 0-based, None for a whole column."""

    row: int | None
    column: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Predictions:
    """The answers for n rows.

    Attributes:
        predictions: n labels (after the threshold, in the target's own type) or values.
        probabilities: (n, k) in the order of `classes`; None for regression.
        classes: labels; empty for regression.
        warnings: at most 20.
        more_warnings: how many there were beyond those.
        explanation: what each column added, where that was asked for.
    """

    predictions: list[Json]
    probabilities: Floats | None
    classes: list[Json]
    warnings: list[PredictionWarning]
    more_warnings: int
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True)
class Predictor:
    """Answers rows by the weighted mean of its members. Safe to share between threads."""

    spec: PredictorSpec
    members: tuple[Member, ...]
    manifest: Mapping[str, Json] = field(default_factory=dict)

    @property
    def task(self) -> Task:
        """What is predicted."""
        return self.spec.task

    @property
    def classes(self) -> list[Json]:
        """Labels by class index; empty for regression."""
        return list(self.spec.classes)

    def predict(self, rows: Sequence[Mapping[str, Json]], *, explain: bool = False) -> Predictions:
        """Answer JSON rows, and say why. Raises `InvalidRows` with row and column of each fault."""
        columns = self.spec.encoder.columns
        return self._answer(frame_from_rows(rows, columns), extra_columns(rows, columns), explain=explain)

    def predict_table(self, table: pa.Table, *, explain: bool = False, noticed: Sequence[Finding] = ()) -> Predictions:
        """Answer a table's rows, in their order, and say why. Raises `InvalidRows`.

        What was noticed of columns when the table was read stands among the warnings.
        """
        columns = self.spec.encoder.columns
        frame, ignored = frame_from_table(table, columns), extra_columns(table, columns)
        return self._answer(frame, ignored, explain=explain, noticed=noticed)

    def explain(self, frame: Frame, called: NDArray[np.int64] | None) -> Explanation:
        """Why the model says what it says of these rows, of which the classes (n,) were called; None for regression."""
        encoder = self.spec.encoder
        return self._explain(encoder.transform(frame), encoder.texts(frame), called)

    def word_effects(self, frame: Frame, called: NDArray[np.int64] | None) -> Iterator[Effects]:
        """Of each row, by how much its margin falls where a word is left out of a text."""
        matrix, texts = self.spec.encoder.transform(frame), self.spec.encoder.texts(frame)
        yield from word_effects(self.answers, matrix, texts, task=self.task, called=called)

    def answers(self, matrix: Floats, texts: Sequence[TextColumn]) -> Floats:
        """What the model says of the rows of a base matrix (n, f) and the texts beside it."""
        return self.calibrated(blend(self.members, matrix, texts, self.spec.reach))

    def outputs(self, frame: Frame) -> Floats:
        """What the model says: (n, k) probabilities, or (n,) values."""
        return self.calibrated(self.said(frame))

    def said(self, frame: Frame) -> Floats:
        """What its members say together, before it is calibrated."""
        encoder = self.spec.encoder
        return blend(self.members, encoder.transform(frame), encoder.texts(frame), self.spec.reach)

    def calibrated(self, said: Floats) -> Floats:
        """What the model makes of what its members say."""
        return said if self.spec.calibrator is None else self.spec.calibrator.apply(said)

    @property
    def decision(self) -> Decision | None:
        """How labels are called; None for regression."""
        return None if self.spec.decisions is None else self.spec.decisions.chosen

    def deciding(self, decision: Decision) -> "Predictor":
        """The same model, calling labels otherwise."""
        if self.spec.decisions is None:
            raise ValueError("a regression decides nothing")
        return replace(self, spec=replace(self.spec, decisions=replace(self.spec.decisions, chosen=decision)))

    def boosters(self) -> Iterator[tuple[float, Booster, list[tuple[str, ...]]]]:
        """Each booster with its share in the answers, and the columns that each of its features is made of."""
        columns = self.spec.encoder.sources
        for member in self.members:
            for fold in member.models:
                if isinstance(fold.model, Booster):
                    own = [(index,) for index in range(len(columns))]
                    made_of = own if fold.extension is None else fold.extension.sources
                    sources = [tuple(columns[index] for index in indices) for indices in made_of]
                    yield member.weight / len(member.models), fold.model, sources

    def schema(self) -> dict[str, Json]:
        """JSON Schema of a prediction request, `{"rows": […]}`, with the sample row as its example."""
        return rows_schema(self.spec.encoder.columns, self.sample())

    def sample(self) -> dict[str, Json]:
        """One row of the training table, ready to be sent."""
        return dict(self.spec.sample)

    def _answer(
        self, frame: Frame, ignored: Sequence[str], *, explain: bool, noticed: Sequence[Finding] = ()
    ) -> Predictions:
        encoder = self.spec.encoder
        matrix, texts = encoder.transform(frame), encoder.texts(frame)
        outputs = self.answers(matrix, texts)
        called = None if self.task == "regression" else decide(outputs, self.decision)
        told = (PredictionWarning(None, it.column, it.code, it.detail) for it in noticed if it.column is not None)
        warnings = chain(told, self._warnings(frame, texts, ignored))
        listed = list(islice(warnings, _MOST_WARNINGS))
        more = sum(1 for _ in warnings)
        why = None
        if explain:
            words = word_effects(self.answers, matrix, texts, task=self.task, called=called)
            why = replace(self._explain(matrix, texts, called), words=words)
        if called is None:
            return Predictions(outputs.tolist(), None, [], listed, more, why)
        labels = [self.spec.classes[index] for index in called.tolist()]
        return Predictions(labels, outputs, self.classes, listed, more, why)

    def _explain(self, matrix: Floats, texts: Sequence[TextColumn], called: NDArray[np.int64] | None) -> Explanation:
        spec = self.spec
        return explain(
            self.members, spec.encoder, spec.calibrator, matrix, texts, task=self.task, called=called, reach=spec.reach
        )

    def _warnings(
        self, frame: Frame, texts: Sequence[TextColumn], ignored: Sequence[str]
    ) -> Iterator[PredictionWarning]:
        for name in ignored:
            yield PredictionWarning(None, name, "ignored-column", "The model does not use this column.")
        for row, name, value in self.spec.encoder.unseen(frame):
            detail = f"{value[:_SHOWN]!r} is not among the values that the model learnt; it is treated as unknown."
            yield PredictionWarning(row, name, "unseen-category", detail)
        for column in texts:
            for row, text in column.unknown():
                detail = f"No word of {text[:_SHOWN]!r} is among those that the model learnt."
                yield PredictionWarning(row, column.name, "unknown-words", detail)
