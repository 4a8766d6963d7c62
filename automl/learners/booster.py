"""A LightGBM model that answers, as it was boosted or read back from its text."""

from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Final, Literal

import numpy as np

from automl.errors import InvalidBundle
from automl.learners.contributions import Contributions, two_scores
from automl.learners.lgbm import lgb, threads
from automl.learners.rowcall import RowCall
from automl.types import Floats, Task

_FEW_ROWS: Final = 1000
_FEW_EXPLAINED: Final = 10
_MEAN, _LOGS = "average_output", "objective=tweedie"


class Booster:
    """A trained LightGBM model that predicts. Safe to share between threads.

    Attributes:
        rounds: boosting rounds in the model.
    """

    def __init__(self, model: lgb.Booster, task: Task) -> None:
        self._model = model
        self._task = task
        self._row = RowCall(model)
        self._raw_row = RowCall(model, raw=True)
        self.rounds = model.current_iteration()

    def predict(self, matrix: Floats) -> Floats:
        """Probabilities `(n, k)` for classes (k = 2 for binary), values `(n,)` for regression."""
        said = self._said(matrix, raw=False)
        return as_outputs(np.atleast_2d(said) if self._task == "multiclass" else said, self._task)

    def scores(self, matrix: Floats) -> Floats:
        """What the trees of a regression add up to `(n,)`, before the link."""
        return self._said(matrix, raw=True)

    def _said(self, matrix: Floats, *, raw: bool) -> Floats:
        if matrix.shape == (1, self._row.features):
            return (self._raw_row if raw else self._row)(np.ascontiguousarray(matrix, dtype=np.float64))
        with _threads_for(matrix, _FEW_ROWS):
            return np.asarray(self._model.predict(matrix, raw_score=raw))

    def contributions(self, matrix: Floats) -> Contributions:
        """What each feature adds to what `predict` says: SHAP values of the trees, by LightGBM.

        As Lundberg et al. have them (2020: From local explanations to global understanding with explainable AI for
        trees), of the trees' scores; from these to probabilities as in `contributions`.
        """
        scores = self.of_scores(matrix)
        if self._task == "regression":
            return scores.through(np.exp) if _LOGS in self._marks else scores
        both = two_scores(scores.base[0], scores.parts[:, 0]) if self._task == "binary" else scores
        return both.as_probabilities()

    def of_scores(self, matrix: Floats) -> Contributions:
        """What each feature adds to the trees' scores."""
        with _threads_for(matrix, _FEW_EXPLAINED):
            found = np.asarray(self._model.predict(matrix, pred_contrib=True))
        # LightGBM answers by the mean of a forest's trees, but explains their sum.
        summed = self.rounds if _MEAN in self._marks else 1
        found = found.reshape(len(matrix), -1, matrix.shape[1] + 1) / summed
        return Contributions.summing(found[0, :, -1], found[:, :, :-1])

    @cached_property
    def _marks(self) -> set[str]:
        """What the header of the model's text says of how trees are put together."""
        header = str(self._model.model_to_string(num_iteration=1)).partition("\n\n")[0]
        return {_MEAN, _LOGS}.intersection(header.split("\n"))

    def to_text(self) -> str:
        """The model in LightGBM's own text format."""
        return str(self._model.model_to_string(num_iteration=-1))

    def shortened(self, share: float) -> "Booster":
        """One of its first rounds: so many of them, at least 1."""
        rounds = max(1, int(share * self.rounds))
        return Booster(lgb.Booster(model_str=self._model.model_to_string(num_iteration=rounds)), self._task)

    def importance(self, kind: Literal["gain", "split"]) -> Floats:
        """One number a feature: the loss that its splits saved, or how many they are."""
        return np.asarray(self._model.feature_importance(importance_type=kind), dtype=np.float64)


def load_booster(text: str, task: Task, n_classes: int) -> Booster:
    """A booster from text that `modelcheck` has passed: LightGBM's own parser can crash on any other.

    Raises:
        InvalidBundle: `invalid-bundle` where LightGBM refuses the text or it holds another number of classes.
    """
    try:
        model = lgb.Booster(model_str=text)
    except lgb.basic.LightGBMError as error:
        raise InvalidBundle("invalid-bundle", f"LightGBM refuses the model: {error}") from error
    expected = n_classes if task == "multiclass" else 1
    if model.num_model_per_iteration() != expected:
        raise InvalidBundle("invalid-bundle", f"the model does not have {expected} outputs")
    return Booster(model, task)


def _threads_for(matrix: Floats, few: int) -> AbstractContextManager[None]:
    """Waking the other threads costs more than what is to be done for few rows."""
    return threads(1) if len(matrix) < few else nullcontext()


def as_outputs(raw: Floats, task: Task) -> Floats:
    """What LightGBM says, as every model does: it gives the positive class alone for binary tasks."""
    return np.column_stack([1.0 - raw, raw]) if task == "binary" else np.ascontiguousarray(raw)
