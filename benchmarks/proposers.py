"""What a suggestion costs, and how far the suggestions lead, beside hyperopt's own TPE and, if installed, Optuna's.

    .venv/bin/python benchmarks/proposers.py --seeds 15

Cost is CPU time for one more suggestion with so many earlier trials; Winnow's includes making hyperopt's trials of its
own. Regret is that of the best trial seen, after 20 and 60 trials over Winnow's own space, on three functions in which
some parameters matter much more than others: rugged, noisy, and with parameters that act together, noisy too. It is
given as a share of random search's, so that 1 is no better. Every function has another optimum for each seed.
"""

import argparse
import math
import time
from collections.abc import Callable, Generator, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final, get_args

import hyperopt
import numpy as np

from automl.features.recipes import RECIPES
from automl.search.suggest import Suggester
from automl.spaces.space import Dimension, Space, build_space, to_params, to_vals
from automl.types import Algorithm, Floats, Json, Trial
from benchmarks.circumstances import here

try:  # of no use to Winnow itself
    import optuna  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    optuna = None

SPACE: Final[Space] = build_space(3000, categories=True, rarest=100, recipes=tuple(RECIPES))
HISTORIES: Final = (10, 100, 300, 1000)
BUDGETS: Final = (20, 60)
SUGGESTIONS: Final = 20
NOISE: Final = {"rugged": 0.0, "noisy": 0.02, "together": 0.02}
AT_AN_END, OTHER_OPTION = 0.3, 0.4

Params = Mapping[str, Json]
Loop = Generator[Params, float, None]
"""Gives params to try; takes the loss of the last ones by `send`."""


class Objective:
    """A function over the space, 0 at an optimum that the seed says, and mostly below 1 elsewhere."""

    def __init__(self, kind: str, seed: int) -> None:
        rng = np.random.default_rng([1, seed])
        size = len(SPACE)
        self._kind = kind
        self._options = np.array([len(dimension.options) for dimension in SPACE.values()])
        inner = np.where(rng.random(size) < AT_AN_END, rng.integers(2, size=size), rng.random(size))
        self._optimum = np.where(self._options > 0, rng.integers(np.maximum(self._options, 1)), inner)
        weights = np.exp(1.2 * rng.normal(size=size))
        self._weights = weights / weights.sum()
        self._turn = np.linalg.qr(rng.normal(size=(size, size)))[0]

    def __call__(self, params: Params) -> float:
        vals = to_vals(SPACE, params)
        point = np.array([_unit(dimension, vals[name]) for name, dimension in SPACE.items()])
        away = np.where(self._options > 0, OTHER_OPTION * (point != self._optimum), point - self._optimum)
        if self._kind == "together":
            away = 0.5 * away + 0.5 * self._turn @ away
        ripples = 0.06 * (1 - np.cos(12 * np.pi * away)) if self._kind == "rugged" else 0.0
        return float((self._weights * (away**2 + ripples)).sum())


def main() -> None:
    options = _options()
    contenders: dict[str, Callable[[int], Loop]] = {"hyperopt TPE": _hyperopt}
    if optuna:
        contenders |= {
            "Optuna TPE": partial(_optuna, together=False),
            "… multivariate": partial(_optuna, together=True),
        }
    contenders |= {f"Winnow {algorithm}": partial(_winnow, algorithm) for algorithm in get_args(Algorithm)}
    regrets = {name: regret(start, options.seeds) for name, start in contenders.items()}
    rows = []
    for name, start in contenders.items():
        shares = regrets[name] / regrets["Winnow random"]
        cells = [f"{cost:.1f}" for cost in costs_ms(start)] + [f"{share:.2f}" for share in [*shares, shares.mean()]]
        rows.append(f"| {name} | {' | '.join(cells)} |")
        print(rows[-1], flush=True)
    options.out.write_text(report(rows, options.seeds))


def costs_ms(start: Callable[[int], Loop]) -> list[float]:
    """Milliseconds of CPU a suggestion, with each of `HISTORIES` earlier trials."""
    objective, loop, costs = Objective("noisy", 0), start(0), []
    params = next(loop)
    for _ in range(HISTORIES[-1] + SUGGESTIONS):
        loss = objective(params)
        begun = time.process_time()
        params = loop.send(loss)
        costs.append(time.process_time() - begun)
    return [1e3 * float(np.median(costs[done : done + SUGGESTIONS])) for done in HISTORIES]


def regret(start: Callable[[int], Loop], seeds: int) -> Floats:
    """Mean over seeds for each function and budget."""
    return np.array(
        [
            np.mean([_search(start(seed), Objective(kind, seed), NOISE[kind], seed) for seed in range(seeds)], axis=0)
            for kind in NOISE
        ]
    ).ravel()


def report(rows: list[str], seeds: int) -> str:
    """The results as a page."""
    columns = [f"ms at {count}" for count in HISTORIES]
    columns += [f"{kind}, {budget}" for kind in NOISE for budget in BUDGETS]
    return f"""# What a suggestion costs, and how far it leads

{here("numpy", "hyperopt", *(["optuna"] if optuna else []))}; \
{len(SPACE)} parameters, {seeds} seeds.

Milliseconds of CPU for one more suggestion after so many trials; then the regret of the best trial of 20 and of 60 as a
share of random search's (lower is better) on three functions, and the mean; `benchmarks/proposers.py` says which.

| | {" | ".join([*columns, "mean"])} |
| --- | {" | ".join(["---"] * (len(columns) + 1))} |
{chr(10).join(rows)}
"""


def _search(loop: Loop, objective: Objective, noise: float, seed: int) -> list[float]:
    """The true regret, after each budget, of the trial that looked best."""
    rng = np.random.default_rng([2, seed])
    params = next(loop)
    truths: list[float] = []
    losses: list[float] = []
    for _ in range(BUDGETS[-1]):
        truths.append(objective(params))
        losses.append(truths[-1] + noise * rng.normal())
        params = loop.send(losses[-1])
    return [truths[int(np.argmin(losses[:budget]))] for budget in BUDGETS]


def _winnow(algorithm: Algorithm, seed: int) -> Loop:
    suggest = Suggester(algorithm, SPACE)
    history: list[Trial] = []
    while True:
        proposal = suggest(history, len(history), seed)
        loss = yield proposal.params
        trial = Trial(
            number=len(history),
            state="succeeded",
            params=proposal.params,
            score=-loss,
            fold_scores=(-loss,),
            rounds=(1,),
            seconds=1.0,
            proposer=proposal.proposer,
            parents=proposal.parents,
            generation=proposal.generation,
        )
        history.append(trial)


def _hyperopt(seed: int) -> Loop:
    domain, trials = Suggester("tpe", SPACE).domain, hyperopt.Trials()
    for number in count():
        (document,) = hyperopt.tpe.suggest([number], domain, trials, seed + 1000 * number, verbose=False)
        loss = yield to_params(SPACE, {name: val for name, (val,) in document["misc"]["vals"].items()})
        document |= {"state": hyperopt.JOB_STATE_DONE, "result": {"status": "ok", "loss": loss}}
        trials.insert_trial_docs([document])
        trials.refresh()


def _optuna(seed: int, *, together: bool) -> Loop:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed, multivariate=together))
    while True:
        trial = study.ask()
        loss = yield {name: _suggested(trial, name, dimension) for name, dimension in SPACE.items()}
        study.tell(trial, loss)


def _suggested(trial: "optuna.Trial", name: str, dimension: Dimension) -> Json:
    match dimension.scale:
        case "choice":
            return trial.suggest_categorical(name, dimension.options)
        case "whole":
            return trial.suggest_int(name, int(dimension.low), int(dimension.high), log=True)
        case scale:
            return trial.suggest_float(name, dimension.low, dimension.high, log=scale == "log")


def _unit(dimension: Dimension, val: float) -> float:
    """From 0 to 1 along its own scale; an option's index."""
    if dimension.scale == "choice":
        return val
    ends = (dimension.low, val, dimension.high)
    low, inner, high = ends if dimension.scale == "linear" else map(math.log, ends)
    return (inner - low) / (high - low)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=15)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results") / "proposers.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
