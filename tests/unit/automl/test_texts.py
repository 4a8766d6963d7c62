"""Texts through the whole job, beside other columns."""

import numpy as np
import pyarrow as pa
import pytest

from automl import TrainRequest, load_bundle, train
from automl.families import spaces_for
from automl.problem import pose
from automl.search import Plan
from automl.stages import encode, split

ROWS = 300
WORDS = np.array([f"word{number}" for number in range(50)])


def table(task: str = "binary") -> pa.Table:
    """Half of what there is to know stands in a text, half in a number."""
    rng = np.random.default_rng(0)
    size, good = rng.normal(size=ROWS), rng.random(ROWS) < 0.5
    notes = [" ".join([*rng.choice(WORDS, 7), "great" if it else "poor"]) for it in good]
    value = size + 2 * good + 0.1 * rng.normal(size=ROWS)
    target = value if task == "regression" else np.where(value > 1, "yes", "no")
    return pa.table({"size": size, "note": [None, *notes[1:]], "y": target})


@pytest.mark.slow
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_a_model_of_texts_and_numbers_is_found_stored_and_served(task: str) -> None:
    request = TrainRequest(target="y", max_trials=6, timeout_s=600, seed=1)
    result = train(table(task), request)
    told = {trial.params.get("text") for trial in result.trials if trial.params.get("family") != "linear"}
    assert told == {"all"}
    by_column = {row["column"]: row["gain"] for row in result.report["importances"]}
    assert set(by_column) == {"size", "note"}
    predictor = load_bundle(result.bundle.data)
    row = {"size": 0.0, "note": "word1 word2 great word3 word4"}
    answers = predictor.predict([row, {**row, "note": "word1 word2 poor word3 word4"}, {**row, "note": None}])
    alone = predictor.predict([row])
    if task == "regression":
        assert answers.predictions[0] > answers.predictions[1] + 1
        assert alone.predictions == answers.predictions[:1]
    else:
        assert answers.probabilities is not None
        assert alone.probabilities is not None
        yes = answers.probabilities[:, answers.classes.index("yes")]
        assert yes[0] > yes[1] + 0.5
        np.testing.assert_array_equal(alone.probabilities[0], answers.probabilities[0])


@pytest.mark.parametrize(
    ("seconds", "trials", "levels"),
    [(60.0, None, ("all", "ratios")), (0.05, None, ("ratios",)), (0.05, 5, ("all", "ratios"))],
)
def test_as_much_is_told_as_there_is_time_for(seconds: float, trials: int | None, levels: tuple[str, ...]) -> None:
    request = TrainRequest(target="y", timeout_s=seconds, max_trials=trials)
    problem = pose(table(), request)
    parts = split(problem, request)
    material = encode(problem, request, parts.train, parts.target, parts.folds).views.material
    spaces = spaces_for(problem, material, request, Plan())
    for family in ("boosted", "forest", "neural"):
        assert spaces[family]["text"].options == levels
    assert "text" not in spaces["linear"]
    plain = spaces_for(problem, material, request, Plan(recipes=False))
    assert all("text" not in space for space in plain.values())


def test_a_text_of_which_no_word_is_known_is_told() -> None:
    result = train(table(), TrainRequest(target="y", max_trials=1, timeout_s=600, families=["linear"]))
    predictor = load_bundle(result.bundle.data)
    notes = ["word1 zzz", "zzz qqq", "", None]
    told = predictor.predict([{"size": 0.0, "note": note} for note in notes]).warnings
    assert [(warning.row, warning.column, warning.code) for warning in told] == [(1, "note", "unknown-words")]
    assert "'zzz qqq'" in told[0].detail
