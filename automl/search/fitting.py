"""One fold of one trial, or all rows: the fit that its family asks for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from automl.blas import one_thread
from automl.features.extension import Extension
from automl.features.textcolumns import TextColumn
from automl.learners.boosting import Begun, Fitted, fit
from automl.learners.learningcurve import NOBODY, Rival
from automl.learners.linear import fit_linear
from automl.learners.linearmodel import Linear
from automl.learners.neural import PATIENCE, Lesson, fit_neural
from automl.learners.params import CHOICES, TREES, check_params, choice
from automl.search.material import Material
from automl.search.views import View
from automl.splits.split import Rows
from automl.types import Floats, Json

_CALM, _LEAST_PATIENCE, _MOST_PATIENCE = 5.0, 20, 200


@dataclass(frozen=True, slots=True)
class FoldFit:
    """What one fold gives: a model, the rows that it was judged on, and the extension that its features need."""

    fitted: Fitted
    rows: Rows
    extension: Extension | None

    @property
    def outputs(self) -> Floats:
        """What the model says of these rows."""
        if self.fitted.outputs is None:
            raise ValueError("a fit without validation rows has no outputs")
        return self.fitted.outputs


def fit_view(
    material: Material,
    view: View,
    params: Mapping[str, Json],
    *,
    rounds: int,
    told_to_stop: Callable[[], bool],
    seed: int = 0,
    rival: Rival = NOBODY,
) -> FoldFit:
    """Fit on the view's training rows, and answer its validation rows, if it has any.

    Args:
        material: that the view is of.
        view: with the features that the params' recipe asks for.
        params: of the trial.
        rounds: the most, of boosting, or epochs.
        told_to_stop: asked often; what was found by then is kept. May raise to abandon.
        seed: added to the material's.
        rival: whose validation loss boosting must have a prospect of, or give up.

    Raises:
        InvalidRequest: `invalid-param`.
    """
    check_params(params)
    if choice(params, "family") not in TREES:
        with one_thread():
            if choice(params, "family") == "linear":
                other = _fit_linear(material, view, params, told_to_stop)
            else:
                own_seed = material.seed + choice(params, "seed") + seed
                other = _fit_neural(material, view, params, told_to_stop, epochs=rounds, seed=own_seed)
        return FoldFit(other, view.valid_rows, None if view.told is None else view.extension)
    start = begun = None
    if choice(params, "boost_from") == "linear" and choice(params, "family") == "boosted":
        start, begun = _begin(material, view, params, told_to_stop)
    fitted = fit(
        view.data,
        view.train,
        view.valid,
        params,
        rounds=rounds,
        patience=_patience(params),
        seed=material.seed + seed,
        told_to_stop=told_to_stop,
        rival=rival,
        begun=begun,
    )
    return FoldFit(fitted if start is None else _begun(fitted, start), view.valid_rows, view.extension)


def _begin(
    material: Material, view: View, params: Mapping[str, Json], told_to_stop: Callable[[], bool]
) -> tuple[Linear, Begun]:
    """A linear model of the base features, and its scores.

    It takes numbers as they are, since it is for what grows with one of them without an end; but under a log link,
    where that would be a power, it bends them.
    """
    lesson = _lesson(material, view)
    with one_thread():
        straight = choice(params, "link") == "identity"
        model = _linear(material, lesson, params, told_to_stop, penalty=CHOICES["linear_c"], straight=straight)
    judged = view.valid_rows
    valid = model.scores(material.matrix[judged]) if len(judged) else np.empty(0)
    return model, Begun(model.scores(lesson.matrix), valid)


def _begun(fitted: Fitted, start: Linear) -> Fitted:
    """With the model at whose scores it began, which also says what an answer is at the most."""
    outputs = fitted.outputs
    if outputs is not None and start.most is not None:
        outputs = np.minimum(outputs, np.exp(start.most))
    return replace(fitted, outputs=outputs, start=start.to_text())


def _lesson(material: Material, view: View) -> Lesson:
    """On the base features alone: these models have indicators for categories already."""
    rows, train = view.augmented, view.train_rows
    if rows is not None:
        return Lesson(rows.matrix[:, : material.matrix.shape[1]], rows.target, rows.weights)
    return Lesson(material.matrix[train], material.target[train], _taken(material.weights, train))


def _fit_linear(material: Material, view: View, params: Mapping[str, Json], told_to_stop: Callable[[], bool]) -> Fitted:
    cut = False

    def stop() -> bool:
        nonlocal cut
        cut = told_to_stop()
        return cut

    texts = _texts(material, view.train_rows) if view.augmented is None else view.augmented.texts
    penalty = choice(params, "linear_c")
    model = _linear(material, _lesson(material, view), params, stop, penalty=penalty, texts=texts)
    rows = view.valid_rows
    outputs = model.predict(material.matrix[rows], _texts(material, rows)) if len(rows) else None
    return Fitted(model.to_text(), 0, outputs, cut)


def _linear(
    material: Material,
    lesson: Lesson,
    params: Mapping[str, Json],
    told_to_stop: Callable[[], bool],
    *,
    penalty: float,
    straight: bool = False,
    texts: Sequence[TextColumn] = (),
) -> Linear:
    return fit_linear(
        lesson.matrix,
        lesson.target,
        categorical=material.categorical,
        monotone=material.monotone,
        task=material.task,
        n_classes=material.n_classes,
        penalty=penalty,
        link=choice(params, "link"),
        straight=straight,
        weights=lesson.weights,
        texts=texts,
        told_to_stop=told_to_stop,
    )


def _fit_neural(
    material: Material,
    view: View,
    params: Mapping[str, Json],
    told_to_stop: Callable[[], bool],
    *,
    epochs: int,
    seed: int,
) -> Fitted:
    rows, lesson = view.valid_rows, _lesson(material, view)
    judged = material.matrix[rows]
    if view.told is not None and view.extension is not None:
        lesson = replace(lesson, matrix=np.concatenate([lesson.matrix, view.told], axis=1))
        judged = view.extension.apply(judged, _texts(material, rows))
    found = fit_neural(
        lesson,
        Lesson(judged, material.target[rows], _taken(material.weights, rows)) if len(rows) else None,
        categorical=material.categorical,
        task=material.task,
        n_classes=material.n_classes,
        dropout=choice(params, "dropout"),
        number_bins=choice(params, "number_bins"),
        rate=choice(params, "neural_rate"),
        link=choice(params, "link"),
        epochs=epochs,
        seed=seed,
        told_to_stop=told_to_stop,
    )
    outputs = found.model.predict(judged) if len(rows) else None
    return Fitted(found.model.to_text(), found.epochs, outputs, found.cut)


def _texts(material: Material, rows: Rows) -> list[TextColumn]:
    return [column.taken(rows) for column in material.texts]


def _taken(weights: Floats | None, rows: Rows) -> Floats | None:
    return None if weights is None else weights[rows]


def idle_rounds(params: Mapping[str, Json]) -> int:
    """Rounds, or epochs, in which a fit that validation rows stop becomes no better."""
    return {"boosted": _patience(params), "neural": PATIENCE}.get(choice(params, "family"), 0)


def _patience(params: Mapping[str, Json]) -> int:
    """Rounds to wait for a better one: the smaller the steps, the longer a way to it."""
    return int(min(_MOST_PATIENCE, max(_LEAST_PATIENCE, _CALM / params.get("learning_rate", 0.1))))
