"""One fold of one trial: the fit that its family asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from automl.booster import Fitted, fit
from automl.extension import Extension
from automl.linear import fit_linear
from automl.params import check_params, choice
from automl.search.views import Material, View
from automl.split import Rows
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


def fit_fold(
    material: Material,
    view: View,
    params: Mapping[str, Json],
    *,
    rounds: int,
    threads: int,
    told_to_stop: Callable[[], bool],
) -> FoldFit:
    """Fit on the view's training rows, and answer its validation rows.

    Args:
        material: that the view is of.
        view: with the features that the params' recipe asks for.
        params: of the trial.
        rounds: the most, of boosting.
        threads: for LightGBM; a linear model takes one.
        told_to_stop: asked often; what was found by then is kept. May raise to abandon.

    Raises:
        InvalidRequest: `invalid-param`.
    """
    if choice(params, "family") == "linear":
        return FoldFit(_fit_linear(material, view, params, told_to_stop), view.valid_rows, None)
    fitted = fit(
        view.data,
        view.train,
        view.valid,
        params,
        rounds=rounds,
        patience=_patience(params),
        seed=material.seed,
        threads=threads,
        told_to_stop=told_to_stop,
    )
    return FoldFit(fitted, view.valid_rows, view.extension)


def _fit_linear(material: Material, view: View, params: Mapping[str, Json], told_to_stop: Callable[[], bool]) -> Fitted:
    """On the base features alone: a linear model has indicators for its categories already."""
    check_params(params)
    train, cut = view.train_rows, False
    weights = None if material.weights is None else material.weights[train]

    def stop() -> bool:
        nonlocal cut
        cut = told_to_stop()
        return cut

    rows = view.augmented
    model = fit_linear(
        material.matrix[train] if rows is None else rows.matrix[:, : material.matrix.shape[1]],
        material.target[train] if rows is None else rows.target,
        categorical=material.categorical,
        task=material.task,
        n_classes=material.n_classes,
        penalty=choice(params, "linear_c"),
        weights=weights if rows is None else rows.weights,
        told_to_stop=stop,
    )
    return Fitted(model.to_text(), 0, model.predict(material.matrix[view.valid_rows]), cut)


def _patience(params: Mapping[str, Json]) -> int:
    """Rounds to wait for a better one: the smaller the steps, the longer a way to it."""
    return int(min(_MOST_PATIENCE, max(_LEAST_PATIENCE, _CALM / params.get("learning_rate", 0.1))))
