import numpy as np
import pytest

from automl.evaluation.figures import ERRORS, RESIDUALS, Figure, figures_of, support
from automl.evaluation.judged import Judged
from automl.metrics import METRICS, prepare
from automl.types import Floats


def told(judged: Judged, weights: Floats | None = None) -> dict[Figure, float]:
    figures, values = figures_of(judged)
    return dict(zip(figures, values(weights).tolist(), strict=True))


def multiclass(rows: int = 200) -> Judged:
    rng = np.random.default_rng(0)
    target, outputs = rng.integers(0, 4, rows), rng.random((rows, 4)).round(2) + 0.01
    outputs /= outputs.sum(axis=1, keepdims=True)
    return Judged(
        task="multiclass",
        classes=[1, 2, 3, 4],
        ordered=True,
        target=target,
        outputs=outputs,
        predicted=outputs.argmax(1),
    )


def test_they_are_what_trials_are_ranked_by() -> None:
    judged = multiclass()
    weights = np.random.default_rng(1).random(judged.rows)
    for metric in METRICS["multiclass"]:
        ranked_by = prepare(metric, judged.target, judged.outputs)
        assert told(judged)[Figure(metric)] == pytest.approx(ranked_by(None), rel=1e-12), metric
        assert told(judged, weights)[Figure(metric)] == pytest.approx(ranked_by(weights), rel=1e-12), metric


def test_a_distance_between_classes_needs_their_order() -> None:
    judged = multiclass()
    unordered = Judged(**{**vars(judged), "ordered": False})
    assert Figure("kappa_quadratic") in told(judged)
    assert Figure("kappa_quadratic") not in told(unordered)


@pytest.mark.parametrize("weighted", [True, False])
def test_quantiles_are_numpys(weighted: bool) -> None:  # noqa: FBT001 - a case
    rng = np.random.default_rng(2)
    target, outputs = rng.normal(size=101), rng.normal(size=101)
    weights = rng.random(101) if weighted else None
    found = told(Judged(task="regression", target=target, outputs=outputs, predicted=outputs), weights)
    for name, values, shares in (
        ("residual", target - outputs, RESIDUALS),
        ("absolute_error", np.abs(target - outputs), ERRORS),
    ):
        expected = np.quantile(values, shares, weights=weights, method="inverted_cdf")
        assert [found[Figure(name, share)] for share in shares] == expected.tolist()


def test_a_figure_rests_on_the_rarer_class_or_on_its_own() -> None:
    target = np.array([1, 1, 0, 0, 0])
    judged = Judged(
        task="binary",
        classes=["n", "y"],
        target=target,
        outputs=np.full((5, 2), 0.5),
        predicted=np.array([1, 0, 1, 1, 0]),
    )
    assert support(judged, Figure("average_precision")) == 2
    assert support(judged, Figure("accuracy")) == 5
    assert support(judged, Figure("recall", 0)) == 3
    assert support(judged, Figure("precision", 1)) == 3


def test_a_quantile_rests_on_the_rows_beyond_it() -> None:
    judged = Judged(task="regression", target=np.zeros(200), outputs=np.zeros(200), predicted=np.zeros(200))
    assert support(judged, Figure("residual", 0.05)) == support(judged, Figure("absolute_error", 0.95)) == 10
    assert support(judged, Figure("rmse")) == 200
