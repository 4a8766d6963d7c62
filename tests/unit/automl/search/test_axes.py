"""Hyperopt's space and trials as arrays, there and back."""

import math
from typing import Any

import numpy as np
import pytest
from hyperopt import Trials, hp, rand
from hyperopt.base import Domain, trials_from_docs

from automl.search.axes import answer, draw, read
from automl.search.tpe import _Mixture

SPACE = {
    "linear": hp.uniform("linear", -2.0, 3.0),
    "log": hp.loguniform("log", math.log(1e-3), math.log(10)),
    "whole": hp.qloguniform("whole", math.log(3), math.log(90), 1),
    "option": hp.choice("option", ("a", "b", "c")),
    "fixed": hp.choice("fixed", (7,)),
}


def made(count: int) -> tuple[Domain, Trials]:
    domain = Domain(None, SPACE)
    documents: list[dict[str, Any]] = [rand.suggest([i], domain, Trials(), i)[0] for i in range(count)]
    for document in documents[::2]:
        document["result"] = {"status": "ok", "loss": float(document["tid"])}
    return domain, trials_from_docs(documents)


def test_points_and_hyperopts_own_values_give_each_other() -> None:
    domain, trials = made(60)
    seen = read(domain, trials)
    assert [axis.label for axis in seen.axes] == sorted(SPACE)
    numbers = seen.points[:, seen.options == 0]
    assert 0 <= numbers.min() < 0.1
    assert 0.9 < numbers.max() <= 1
    assert seen.losses.tolist() == [float(i) if i % 2 == 0 else math.inf for i in range(60)]
    for point, document in zip(seen.points, trials.trials, strict=True):
        (again,) = answer(domain, trials, 99, seen, point, proposer="x")
        assert again["misc"]["proposer"] == "x"
        for label, (val,) in document["misc"]["vals"].items():
            assert again["misc"]["vals"][label] == [pytest.approx(val)]


def test_an_answer_is_a_document_that_hyperopt_takes() -> None:
    domain, trials = made(3)
    seen = read(domain, trials)
    trials.insert_trial_docs(answer(domain, trials, 3, seen, draw(seen.options, np.random.default_rng(0))))
    trials.refresh()
    assert trials.tids == [0, 1, 2, 3]


def test_a_density_sums_to_one_and_is_what_samples_have() -> None:
    options = np.array([0, 0, 3, 1])
    points = np.array([[0.1, 0.9, 2, 0], [0.5, 0.0, 1, 0]])
    mixture = _Mixture.around(points, options)
    rng = np.random.default_rng(0)
    anywhere = np.stack([draw(options, rng) for _ in range(20_000)])
    volume = 3
    assert np.exp(mixture.log_density(anywhere)).mean() * volume == pytest.approx(1, abs=0.06)
    samples = mixture.sample(20_000, rng)
    assert 0 <= samples[:, :2].min() <= samples[:, :2].max() <= 1
    weights = np.exp(mixture.log_density(anywhere)) * volume
    for axis in range(3):
        expected = np.average(anywhere[:, axis], weights=weights)
        assert samples[:, axis].mean() == pytest.approx(expected, abs=0.06)
