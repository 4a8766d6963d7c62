"""The configurations that every search tries first, chosen on open tables alone from random ones and a few by hand.

    python -m benchmarks.portfolio FOLDER

Each candidate is fitted on two folds of the training rows of each table without texts; the test rows are never read.
Greedy selection then takes the candidate that most lowers what the best of those taken so far loses to the best of all,
on average over the tables. What that is worth on a table that had no say is measured by leaving each out in turn.
Writes the portfolio that the engine reads, `automl/spaces/portfolio.json`, and a page that tells how it came about.
"""

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from automl.families import spaces_for
from automl.machine import cores
from automl.problem import pose
from automl.search import Attempt, Brake, Evaluator, Proposal
from automl.search.plan import Plan
from automl.spaces.portfolio import portfolio
from automl.stages import encode, split
from automl.types import Floats, Json, TrainRequest
from benchmarks.automl.campaign import RESULTS
from benchmarks.automl.report import markdown, write_page
from benchmarks.tables import Table, read_folder

PORTFOLIO = Path(__file__).parents[1] / "automl" / "spaces" / "portfolio.json"
CANDIDATES, SIZE, FOLDS, MOST_ROWS, MOST_S = 32, 3, 2, 5_000, 10.0
EXPERIENCE: Final[tuple[dict[str, Json], ...]] = (
    {"learning_rate": 0.05, "num_leaves": 12, "feature_fraction": 0.6, "bagging_fraction": 0.8, "lambda_l2": 5.0},
    {
        "learning_rate": 0.05,
        "num_leaves": 100,
        "min_data_in_leaf": 10,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.8,
    },
    {
        "learning_rate": 0.08,
        "num_leaves": 50,
        "min_data_in_leaf": 5,
        "feature_fraction": 0.7,
        "path_smooth": 2.0,
        "extra_trees": True,
    },
)
"""What was chosen by hand before, to be beaten."""
CHOSEN: Final = (
    "learning_rate",
    "num_leaves",
    "min_data_in_leaf",
    "feature_fraction",
    "bagging_fraction",
    "lambda_l2",
    "path_smooth",
    "extra_trees",
    "schedule",
    "recipe",
)
"""What candidates differ in; the rest stays at LightGBM's own. Penalties in units of the target are left out."""


def main() -> None:
    """Score what is not kept yet, choose, write."""
    options = _options()
    tables = list(read_folder(options.folder).values())
    candidates = draw(options.candidates)
    kept: dict[str, list[float | None]] = json.loads(options.scores.read_text()) if options.scores.exists() else {}
    for table in tables:
        name = f"{table.name}-{table.digest}-{options.candidates}"
        if name not in kept:
            kept[name] = score(table, candidates)
            options.scores.parent.mkdir(parents=True, exist_ok=True)
            options.scores.write_text(json.dumps(kept))
            print(name, flush=True)
    losses = regrets([kept[f"{table.name}-{table.digest}-{options.candidates}"] for table in tables])
    chosen = choose(losses, SIZE)
    PORTFOLIO.write_text(json.dumps([candidates[index] for index in chosen], indent=1) + "\n")
    write_page(
        options.out,
        "# The portfolio\n",
        f"{SIZE} of {options.candidates} configurations, {len(EXPERIENCE)} by hand and the others random, chosen on "
        f"{len(tables)} tables (at most {MOST_ROWS:,} training rows, {FOLDS} folds). A loss of 1 is the distance from "
        "the best to the median candidate.\n",
        markdown(["", *CHOSEN, "mean loss with those above"], _steps(candidates, chosen, losses)),
        f"Those by hand lose {losses[:, : 1 + len(EXPERIENCE)].min(axis=1).mean():.3f}. "
        "On a table that had no say (each left out in turn):\n",
        markdown(["configurations", "chosen", "at random", "better on", "worse on"], _left_out(losses)),
    )


def draw(count: int) -> list[dict[str, Json]]:
    """Candidates: LightGBM's defaults, those by hand, and others of log-uniform or uniform values, by a seed."""
    rng = np.random.default_rng(0)

    def log(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(math.log(low), math.log(high))))

    drawn = [
        {
            "learning_rate": round(log(0.04, 0.12), 3),
            "num_leaves": round(log(6, 200)),
            "min_data_in_leaf": round(log(2, 100)),
            "feature_fraction": round(float(rng.uniform(0.35, 1.0)), 2),
            "bagging_fraction": round(float(rng.uniform(0.5, 1.0)), 2),
            "lambda_l2": round(log(0.01, 30), 3),
            "path_smooth": round(log(0.01, 20), 3),
            "extra_trees": bool(rng.random() < 0.3),
            "schedule": str(rng.choice(["constant", "constant", "one_cycle", "exponential"])),
            "recipe": str(rng.choice(["plain", "encodings", "rich"])),
        }
        for _ in range(count - 1 - len(EXPERIENCE))
    ]
    return [{}, *EXPERIENCE, *drawn]


def score(table: Table, candidates: Sequence[Mapping[str, Json]]) -> list[float | None]:
    """The mean score of each on the table's first folds; None where it failed."""
    rows = table.rows("train")
    if len(rows) > MOST_ROWS:
        rows = rows.take(np.sort(np.random.default_rng(0).choice(len(rows), MOST_ROWS, replace=False)))
    request = TrainRequest(target="target", task=table.task, metric=table.metric)
    problem = pose(rows, request)
    parts = split(problem, request)
    features = encode(problem, request, parts.train, parts.target, parts.folds)
    evaluator = Evaluator(features.views, cores=cores())
    space = spaces_for(problem, features.views.material, request, Plan())["boosted"]
    brake = Brake.after(math.inf)
    attempts = (
        Attempt(number, Proposal(portfolio(space, [params])[0], "portfolio"), folds=FOLDS, seconds=MOST_S)
        for number, params in enumerate(candidates)
    )
    return [evaluator.attempt(attempt, brake).trial.score for attempt in attempts]


def regrets(scores: Sequence[Sequence[float | None]]) -> Floats:
    """(tables, candidates): the distance to the best, in units of the median candidate's."""
    grid = np.array([[np.nan if value is None else value for value in row] for row in scores], dtype=float)
    behind = np.nanmax(grid, axis=1, keepdims=True) - grid
    unit = np.nanmedian(behind, axis=1, keepdims=True)
    relative = behind / np.where(unit > 0, unit, 1.0)
    return np.asarray(np.minimum(np.nan_to_num(relative, nan=np.inf), 3.0))


def choose(losses: Floats, size: int) -> list[int]:
    """Candidates besides the defaults, which are always tried: at each step the one that leaves the least mean loss."""
    chosen: list[int] = []
    for _ in range(size):
        so_far = losses[:, [0, *chosen]].min(axis=1, keepdims=True)
        means = np.minimum(losses, so_far).mean(axis=0)
        chosen.append(int(np.argmin(means)))
    return chosen


def _steps(candidates: Sequence[Mapping[str, Json]], chosen: Sequence[int], losses: Floats) -> list[list[str]]:
    first = [["defaults", *[""] * len(CHOSEN), f"{losses[:, 0].mean():.3f}"]]
    return first + [
        [
            str(place),
            *(str(candidates[index].get(name, "")) for name in CHOSEN),
            f"{losses[:, [0, *chosen[:place]]].min(axis=1).mean():.3f}",
        ]
        for place, index in enumerate(chosen, start=1)
    ]


def _left_out(losses: Floats) -> list[list[str]]:
    rng = np.random.default_rng(1)
    lines = []
    for size in range(1, SIZE + 1):
        ours, chance = [], []
        for table in range(len(losses)):
            picked = choose(np.delete(losses, table, axis=0), size)
            ours.append(losses[table, [0, *picked]].min())
            draws = [rng.choice(np.arange(1, losses.shape[1]), size, replace=False) for _ in range(200)]
            chance.append(np.mean([losses[table, [0, *some]].min() for some in draws]))
        better = int(np.sum(np.array(ours) < np.array(chance)))
        lines.append(
            [str(size), f"{np.mean(ours):.3f}", f"{np.mean(chance):.3f}", str(better), str(len(losses) - better)]
        )
    return lines


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--candidates", type=int, default=CANDIDATES)
    parser.add_argument("--scores", type=Path, default=RESULTS / "portfolio" / "scores.json", help="what is kept")
    parser.add_argument("--out", type=Path, default=RESULTS / "portfolio.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
