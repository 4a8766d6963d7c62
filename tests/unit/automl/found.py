"""What a short real search leaves of a small table, for tests of what is made of it."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from automl.explore import Ways, explore
from automl.problem import Problem, pose
from automl.search import Brake, Found
from automl.selection.limits import held
from automl.stages import Features, Parts, encode, split
from automl.types import TrainRequest

REQUEST = TrainRequest(target="y", max_trials=7, timeout_s=600, augmentation="none")
OPEN = Brake.after(3600)


@dataclass(frozen=True)
class Searched:
    """A search and all that it was about."""

    request: TrainRequest
    problem: Problem
    parts: Parts
    features: Features
    found: Found


def table(rows: int = 240) -> pa.Table:
    rng = np.random.default_rng(0)
    size, city = rng.normal(size=rows), rng.choice(list("abcdef"), rows)
    value = size + (city == "a") + 0.8 * rng.normal(size=rows)
    columns = {"size": size, "city": city, "noise": rng.normal(size=rows), "y": np.where(value > 1, "high", "low")}
    return pa.table({name: values.tolist() for name, values in columns.items()})


def search(request: TrainRequest = REQUEST) -> Searched:
    """Defaults, linear, three of the portfolio, two forests."""
    problem = pose(table(), request)
    parts = split(problem, request)
    features = held(encode(problem, request, parts.train, parts.target, parts.folds), request)
    found = explore(problem, features, request, OPEN, after=lambda _: 0.0, packing=1.0, ways=Ways())
    return Searched(request, problem, parts, features, found)
