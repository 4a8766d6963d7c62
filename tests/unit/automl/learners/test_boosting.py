"""Boosting on parts of one binned matrix, and reading boosters back."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.errors import InvalidBundle, InvalidRequest
from automl.learners.booster import load_booster
from automl.learners.boosting import TrainingData, fit
from automl.learners.lgbm import threads
from automl.learners.modelcheck import check_model
from automl.spaces.companions import forest_space
from automl.spaces.space import build_space, to_params
from automl.types import Floats, Json, Task

CLASSES: dict[Task, int] = {"binary": 2, "multiclass": 3, "regression": 0}


def table(task: Task, rows: int = 300) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(rows, 4))
    matrix[:, 3] = rng.integers(0, 5, rows)
    signal = matrix[:, 0] + 0.5 * (matrix[:, 3] == 2) + 0.1 * rng.normal(size=rows)
    target = {"binary": signal > 0.5, "multiclass": np.digitize(signal, [-0.5, 0.5]), "regression": signal}[task]
    return matrix, target.astype(np.float64)


def halves(rows: int = 300) -> tuple[np.ndarray, np.ndarray]:
    everyone = np.arange(rows)
    return everyone[everyone % 3 > 0], everyone[everyone % 3 == 0]


@pytest.mark.parametrize(("task", "classes"), CLASSES.items())
def test_a_fit_round_trips_through_text_and_says_the_same(task: Task, classes: int) -> None:
    matrix, target = table(task)
    train, valid = halves()
    data = TrainingData(matrix, target, task=task, n_classes=classes, categorical=[3])
    fitted = fit(data, data.part(train), data.part(valid), {}, rounds=40, patience=10)
    booster = load_booster(fitted.text, task, classes)
    outputs = booster.predict(matrix[valid])
    assert outputs.shape == ((len(valid), classes) if classes else (len(valid),))
    assert fitted.outputs is not None
    np.testing.assert_allclose(outputs, fitted.outputs, rtol=1e-12)
    assert booster.rounds == fitted.rounds <= 40
    again = load_booster(booster.to_text(), task, classes)
    np.testing.assert_array_equal(again.predict(matrix), booster.predict(matrix))
    assert booster.importance("gain").argmax() == 0
    assert booster.importance("split").shape == (4,)


def test_the_same_seed_gives_the_same_model_and_another_seed_another() -> None:
    matrix, target = table("binary")
    train, valid = halves()
    data = TrainingData(matrix, target, task="binary", n_classes=2)
    params = {"bagging_fraction": 0.6, "bagging_freq": 1, "feature_fraction": 0.5}

    def text(seed: int) -> str:
        parts = data.part(train), data.part(valid)
        return fit(data, *parts, params, rounds=10, patience=10, seed=seed).text

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_early_stopping_keeps_the_best_round() -> None:
    matrix, target = table("regression")
    target = np.random.default_rng(1).permutation(target)
    train, valid = halves()
    data = TrainingData(matrix, target, task="regression")
    rounds = 0

    def count() -> bool:
        nonlocal rounds
        rounds += 1
        return False

    parts = data.part(train), data.part(valid)
    fitted = fit(data, *parts, {}, rounds=500, patience=20, told_to_stop=count)
    assert fitted.rounds + 20 <= rounds <= fitted.rounds + 25
    assert not fitted.cut


@pytest.mark.parametrize("after", [1, 7])
def test_told_to_stop_keeps_the_model_so_far(after: int) -> None:
    matrix, target = table("binary")
    train, valid = halves()
    data = TrainingData(matrix, target, task="binary", n_classes=2)
    asked = iter([*[False] * (after - 1), True])
    fitted = fit(
        data,
        data.part(train),
        data.part(valid),
        {},
        rounds=100,
        patience=50,
        told_to_stop=lambda: next(asked),
    )
    assert fitted.cut
    assert fitted.rounds == after
    assert load_booster(fitted.text, "binary", 2).rounds == after


def test_an_error_in_the_question_ends_the_fit() -> None:
    matrix, target = table("binary")
    data = TrainingData(matrix, target, task="binary", n_classes=2)

    def abandon() -> bool:
        raise KeyError("stop")

    with pytest.raises(KeyError):
        fit(data, data.whole, None, {}, rounds=9, patience=9, told_to_stop=abandon)


def test_without_validation_rows_all_rounds_are_kept() -> None:
    matrix, target = table("regression")
    data = TrainingData(matrix, target, task="regression")
    fitted = fit(data, data.whole, None, {}, rounds=30, patience=1)
    assert fitted.rounds == 30
    assert fitted.outputs is None


def test_a_class_that_a_part_lacks_still_has_its_column() -> None:
    matrix, target = table("multiclass")
    data = TrainingData(matrix, target, task="multiclass", n_classes=4)
    train = np.flatnonzero(target != 2)
    fitted = fit(data, data.part(train), data.part(np.arange(30)), {}, rounds=20, patience=20)
    outputs = load_booster(fitted.text, "multiclass", 4).predict(matrix)
    assert outputs.shape == (300, 4)
    np.testing.assert_allclose(outputs.sum(axis=1), 1.0)
    assert outputs[:, 2:].max() < 1e-6


def test_a_smaller_leaf_needs_no_new_bins() -> None:
    matrix, target = table("binary")
    data = TrainingData(matrix, target, task="binary", n_classes=2)
    parts = data.part(np.arange(200)), data.part(np.arange(200, 300))
    for least in (50, 2):
        params = {"min_data_in_leaf": least}
        assert fit(data, *parts, params, rounds=5, patience=5).rounds > 0


def test_what_is_not_a_model_is_refused() -> None:
    with pytest.raises(InvalidBundle):
        load_booster("not a model", "binary", 2)


def test_another_number_of_classes_is_refused() -> None:
    matrix, target = table("multiclass")
    data = TrainingData(matrix, target, task="multiclass", n_classes=3)
    text = fit(data, data.whole, None, {}, rounds=2, patience=2).text
    with pytest.raises(InvalidBundle, match="outputs"):
        load_booster(text, "multiclass", 4)


def test_lightgbm_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    data = TrainingData(np.zeros((10, 1)), np.zeros(10), task="binary", n_classes=2)
    fit(data, data.whole, None, {}, rounds=2, patience=2)
    assert capfd.readouterr() == ("", "")


def test_no_parameter_outside_the_list_reaches_lightgbm(tmp_path: Path) -> None:
    matrix, target = table("binary")
    data = TrainingData(matrix, target, task="binary", n_classes=2)
    with pytest.raises(InvalidRequest, match="forcedsplits_filename"):
        fit(data, data.whole, None, {"forcedsplits_filename": str(tmp_path)}, rounds=1, patience=1)


def test_absolute_errors_lead_to_the_median() -> None:
    target = np.array([0.0] * 60 + [100.0] * 40)
    data = TrainingData(np.zeros((100, 1)), target, task="regression", absolute=True)
    text = fit(data, data.whole, None, {}, rounds=20, patience=20).text
    np.testing.assert_allclose(load_booster(text, "regression", 0).predict(np.zeros((2, 1))), 0.0, atol=1e-6)


def test_rounds_without_a_split_count_but_leave_no_tree() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(200, 5))
    data = TrainingData(matrix, matrix[:, 0], task="regression")
    train, valid = data.part(np.arange(150)), data.part(np.arange(150, 200))
    params = {"feature_fraction": 0.25, "min_gain_to_split": 9.0}
    fitted = fit(data, train, valid, params, rounds=60, patience=60)
    booster = load_booster(fitted.text, "regression", 0)
    assert booster.rounds < fitted.rounds
    np.testing.assert_allclose(booster.predict(matrix[150:]), fitted.outputs, rtol=1e-12)
    again = fit(data, train, valid, params, rounds=fitted.rounds, patience=60)
    assert again.text == fitted.text


@pytest.mark.parametrize(("task", "classes"), CLASSES.items())
def test_a_forest_keeps_all_its_trees_and_round_trips(task: Task, classes: int) -> None:
    matrix, target = table(task)
    train, valid = halves()
    data = TrainingData(matrix, target, task=task, n_classes=classes, categorical=[3])
    params = {"family": "forest", "bagging_fraction": 1.0, "num_leaves": 20}
    fitted = fit(data, data.part(train), data.part(valid), params, rounds=1000, patience=1)
    assert fitted.rounds == 200
    assert fitted.outputs is not None
    check_model(fitted.text, task=task, n_classes=classes, n_features=4, family="forest")
    outputs = load_booster(fitted.text, task, classes).predict(matrix[valid])
    np.testing.assert_allclose(outputs, fitted.outputs, rtol=1e-9)
    shorter = fit(data, data.part(train), data.part(valid), params, rounds=50, patience=1)
    assert shorter.rounds == 50
    assert shorter.outputs is not None
    assert np.abs(shorter.outputs - fitted.outputs).max() < 0.2, "trees are averaged, not added up"


@pytest.mark.parametrize("schedule", ["exponential", "cosine", "one_cycle", "step"])
def test_a_schedule_changes_the_model_and_refits_to_the_same(schedule: str) -> None:
    matrix, target = table("binary")
    train, valid = halves()
    data = TrainingData(matrix, target, task="binary", n_classes=2)
    parts = data.part(train), data.part(valid)
    params: dict[str, Json] = {"learning_rate": 0.3, "feature_fraction": 0.5, "num_leaves": 4}
    plain = fit(data, *parts, params, rounds=80, patience=80)
    scheduled = fit(data, *parts, params | {"schedule": schedule}, rounds=80, patience=80)
    assert scheduled.text != plain.text
    again = fit(data, *parts, params | {"schedule": schedule}, rounds=scheduled.rounds, patience=80)
    assert again.text == scheduled.text
    assert fit(data, *parts, params | {"schedule": "constant"}, rounds=80, patience=80).text == plain.text


def test_under_a_schedule_each_round_draws_its_own_features() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(300, 8))
    data = TrainingData(matrix, matrix.sum(axis=1), task="regression")
    params = {"schedule": "cosine", "feature_fraction": 0.25}
    text = fit(data, data.whole, None, params, rounds=30, patience=30).text
    assert (load_booster(text, "regression", 0).importance("split") > 0).all()


def test_a_seed_among_the_params_is_added_to_the_runs() -> None:
    matrix, target = table("binary")
    data = TrainingData(matrix, target, task="binary", n_classes=2)
    sampled = {"bagging_fraction": 0.5, "bagging_freq": 1}

    def text(runs: int, own: int) -> str:
        return fit(data, data.whole, None, sampled | {"seed": own}, rounds=5, patience=5, seed=runs).text

    assert text(3, 0) == text(1, 2) != text(3, 1)


def test_a_row_of_weight_two_counts_twice() -> None:
    matrix, target = table("regression", 200)
    matrix = np.round(matrix)
    twice = np.arange(200) % 2
    params = {"min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 10.0}
    weighted = TrainingData(matrix, target, task="regression", weights=1.0 + twice)
    rows = np.repeat(np.arange(200), 1 + twice)
    repeated = TrainingData(matrix[rows], target[rows], task="regression")
    plain = TrainingData(matrix, target, task="regression")
    texts = [fit(data, data.whole, None, params, rounds=10, patience=1).text for data in (weighted, repeated, plain)]
    one, two, three = (load_booster(text, "regression", 0).predict(matrix) for text in texts)
    np.testing.assert_allclose(one, two, rtol=1e-5)
    assert np.abs(one - three).max() > 0.01


def test_a_part_keeps_its_weights() -> None:
    rng = np.random.default_rng(0)
    target = rng.integers(0, 2, 300).astype(np.float64)
    data = TrainingData(np.zeros((300, 1)), target, task="binary", n_classes=2, weights=1.0 + 8.0 * target)
    train, valid = halves()
    fitted = fit(data, data.part(train), data.part(valid), {}, rounds=1, patience=1)
    share = np.average(target[train], weights=1.0 + 8.0 * target[train])
    assert fitted.outputs is not None
    np.testing.assert_allclose(fitted.outputs[:, 1], share, rtol=1e-6)


@pytest.mark.parametrize("absolute", [False, True])
@pytest.mark.parametrize("family", ["boosted", "forest"])
@pytest.mark.parametrize("more", [{}, {"path_smooth": 10.0}, {"extra_trees": True}])
def test_a_monotone_feature_never_turns_the_other_way(family: str, more: dict[str, Json], absolute: bool) -> None:  # noqa: FBT001
    matrix, _ = table("regression", 600)
    target = np.sin(2 * matrix[:, 0]) + matrix[:, 1]
    data = TrainingData(matrix, target, task="regression", monotone=[-1, 0, 0, 0], absolute=absolute)
    text = fit(data, data.whole, None, {"family": family, "min_data_in_leaf": 3} | more, rounds=40, patience=1).text
    booster = load_booster(text, "regression", 0)
    rising = np.repeat(matrix[:50, None, :], 40, axis=1)
    rising[:, :, 0] = np.linspace(-3, 3, 40)
    outputs = booster.predict(rising.reshape(-1, 4)).reshape(50, 40)
    assert np.diff(outputs, axis=1).max() < 1e-9
    assert np.ptp(outputs) > 0.1


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_nothing_that_a_trial_may_have_breaks_a_monotone_constraint(data: st.DataObject) -> None:
    family = data.draw(st.sampled_from(["boosted", "forest"]))
    space = forest_space(300, categories=True) if family == "forest" else build_space(300, categories=True, rarest=9)
    vals = {name: data.draw(st.floats(each.low, each.high)) for name, each in space.items()}
    params = to_params(space, vals)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    matrix = np.column_stack([rng.normal(size=(300, 3)), rng.integers(0, 6, 300)])
    matrix[rng.random((300, 4)) < 0.05] = np.nan
    target = np.sin(2 * np.nan_to_num(matrix[:, 0])) + np.isin(matrix[:, 3], [1, 4]) + 0.3 * rng.normal(size=300)
    signs = data.draw(st.tuples(st.sampled_from([-1, 1]), st.sampled_from([-1, 0, 1])))
    it = TrainingData(matrix, target, task="regression", categorical=[3], monotone=[*signs, 0, 0])
    booster = load_booster(fit(it, it.whole, None, params, rounds=25, patience=1).text, "regression", 0)
    for feature, sign in enumerate(signs):
        moved = np.repeat(matrix[:30, None, :], 50, axis=1)
        moved[:, :, feature] = np.linspace(-3, 3, 50)
        outputs = booster.predict(moved.reshape(-1, 4)).reshape(30, 50)
        assert sign == 0 or np.diff(sign * outputs, axis=1).min() > -1e-9


def test_features_of_two_groups_never_act_together() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(500, 4))
    target = matrix[:, 0] * matrix[:, 2] + matrix[:, 1] + matrix[:, 3]
    data = TrainingData(matrix, target, task="regression", interactions=[[0, 1]])
    text = fit(data, data.whole, None, {"min_data_in_leaf": 5}, rounds=40, patience=1).text
    booster = load_booster(text, "regression", 0)
    assert (booster.importance("split") > 0).all(), "features in no group take part all the same"

    def effect(of: int, where: Floats) -> Floats:
        moved = where.copy()
        moved[:, of] += 1.0
        return booster.predict(moved) - booster.predict(where)

    elsewhere = matrix.copy()
    elsewhere[:, [0, 1]] = rng.permutation(matrix[:, [0, 1]])
    np.testing.assert_allclose(effect(2, matrix), effect(2, elsewhere), atol=1e-9)
    elsewhere = matrix.copy()
    elsewhere[:, 1] = rng.permutation(matrix[:, 1])
    assert np.abs(effect(0, matrix) - effect(0, elsewhere)).max() > 0.01


def test_threads_do_not_change_a_model() -> None:
    matrix, target = table("multiclass", 900)
    weights = np.random.default_rng(0).gamma(1.0, 1.0, 900).astype(np.float64)
    data = TrainingData(matrix, target, task="multiclass", n_classes=3, categorical=[3], weights=weights)
    for family in ("boosted", "forest"):
        params = {"family": family, "feature_fraction": 0.6, "extra_trees": True, "schedule": "one_cycle"}
        train, valid = data.part(np.arange(600)), data.part(np.arange(600, 900))
        fits = []
        for count in (1, 2, 3):
            with threads(count):
                fits.append(fit(data, train, valid, params, rounds=20, patience=9))
        assert len({fitted.text for fitted in fits}) == 1
        assert len({fitted.loss for fitted in fits}) == 1, "of which one thread more would add up the terms otherwise"


def amounts(rows: int = 600) -> tuple[Floats, Floats]:
    """A number and a category that multiply what is counted, and a bit of noise."""
    rng = np.random.default_rng(2)
    matrix = np.column_stack([rng.normal(size=rows), rng.integers(0, 6, rows), rng.normal(size=rows)])
    mean = np.exp(1 + matrix[:, 0] + 0.5 * (matrix[:, 1] % 3))
    return matrix, rng.gamma(40, mean / 40) * (rng.random(rows) > 0.02)


def test_a_log_link_suits_what_multiplies_and_explains_its_answers() -> None:
    matrix, target = amounts()
    train, valid = halves(len(target))
    data = TrainingData(matrix, target, task="regression", categorical=[1])
    losses = {}
    for link in ("identity", "log"):
        fitted = fit(data, data.part(train), data.part(valid), {"link": link}, rounds=500, patience=30)
        assert fitted.outputs is not None
        check_model(fitted.text, task="regression", n_classes=0, n_features=3)
        booster = load_booster(fitted.text, "regression", 0)
        np.testing.assert_allclose(booster.predict(matrix[valid]), fitted.outputs, rtol=1e-9)
        np.testing.assert_allclose(booster.predict(matrix[valid[:1]]), fitted.outputs[:1], rtol=1e-9)
        assert fitted.loss == pytest.approx(np.mean((fitted.outputs - target[valid]) ** 2))
        found = booster.contributions(matrix[valid])
        np.testing.assert_allclose(found.ends[:, 0], fitted.outputs, rtol=1e-6)
        np.testing.assert_allclose(found.base + found.parts.sum(axis=2), found.ends, rtol=1e-9)
        losses[link] = fitted.loss
        assert (fitted.outputs > 0).all() or link == "identity"
    assert losses["log"] < 0.9 * losses["identity"]


@pytest.mark.parametrize("strong", [{"min_gain_to_split": 2.0}, {"lambda_l1": 15.0}, {"lambda_l2": 200.0}])
@pytest.mark.parametrize("level", [4.0, 1.0])
def test_penalties_weigh_under_a_log_link_as_they_do_without(level: float, strong: dict[str, float]) -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(200, 2))
    target = np.maximum(level + 0.7 * matrix[:, 0] + 0.7 * rng.normal(size=200), 0)

    def told(params: dict[str, Json]) -> tuple[float, float]:
        """The splits of three rounds, and how far the answers lie apart."""
        data = TrainingData(matrix, target, task="regression")
        model = load_booster(fit(data, data.whole, None, params, rounds=3, patience=3).text, "regression", 0)
        return model.importance("split").sum(), float(model.predict(matrix).std())

    free, plain, logs = told({}), told(strong), told({**strong, "link": "log"})
    assert plain[0] < free[0] or plain[1] < 0.7 * free[1], "the penalty is felt"
    np.testing.assert_allclose(logs, plain, rtol=0.35)


def test_weights_tell_how_large_penalties_are() -> None:
    matrix, target = amounts()
    times = 1 + 19 * (target < 2)
    rows = np.repeat(np.arange(len(target)), times)
    params = {"link": "log", "lambda_l2": 500.0, "min_data_in_leaf": 1}
    weighted = TrainingData(matrix, target, task="regression", weights=times.astype(float))
    repeated = TrainingData(matrix[rows], target[rows], task="regression")
    texts = [fit(data, data.whole, None, params, rounds=5, patience=5).text for data in (weighted, repeated)]
    one, other = (np.log(load_booster(text, "regression", 0).predict(matrix)) for text in texts)
    assert one.std() == pytest.approx(other.std(), rel=0.05)
    assert one.mean() == pytest.approx(other.mean(), rel=0.05)


@pytest.mark.parametrize("unit", [1e-3, 1e5])
def test_penalties_weigh_the_same_whatever_the_targets_unit(unit: float) -> None:
    matrix, target = amounts()
    params = {"link": "log", "lambda_l2": 5.0, "cat_l2": 3.0, "num_leaves": 7, "min_sum_hessian_in_leaf": 0.5}
    in_units = {"lambda_l1": 1, "min_gain_to_split": 2}  # to which power
    strong = {name: 0.02 * target.std() ** power for name, power in in_units.items()}
    answers = []
    for scale in (1.0, unit):
        data = TrainingData(matrix, scale * target, task="regression", categorical=[1])
        own = {name: value * scale ** in_units[name] for name, value in strong.items()}
        text = fit(data, data.whole, None, {**params, **own}, rounds=30, patience=30).text
        answers.append(load_booster(text, "regression", 0).predict(matrix) / scale)
    np.testing.assert_allclose(answers[0], answers[1], rtol=1e-3)
    weak = fit(data, data.whole, None, {"link": "log"}, rounds=30, patience=30).text
    assert not np.allclose(load_booster(weak, "regression", 0).predict(matrix) / unit, answers[0], rtol=0.05)
