"""What a suggestion costs, and how far the suggestions lead, beside hyperopt's own TPE and, if installed, Optuna's.

    .venv/bin/python benchmarks/proposers.py --seeds 15

Cost is CPU time for one more suggestion with so many earlier trials; Winnow's includes making hyperopt's trials of its
own. Regret is that of the best trial seen, after 20 and 60 trials over Winnow's own space, on three functions in which
some parameters matter much more than others: rugged, noisy, and with parameters that act together, noisy too. It is
given as a share of random search's, so that 1 is no better. Every function has another optimum for each seed. Since
Winnow's TPE asks for what a trial costs, too, regret is measured a second time after as much work as 20 and 60 random
trials are: of leaves and columns, for nothing else differs here.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Generator, Mapping
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Final, get_args

import hyperopt
import numpy as np

from automl.search.proposers import Proposal
from automl.search.suggest import Suggester, work
from automl.spaces.space import Dimension, to_params
from automl.types import Algorithm, Floats, Json, Trial
from benchmarks.circumstances import here
from benchmarks.functions import NOISE, SPACE, Objective

try:  # of no use to Winnow itself
    import optuna  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    optuna = None

HISTORIES: Final = (10, 100, 300, 1000)
BUDGETS: Final = (20, 60)
SUGGESTIONS: Final = 20

Params = Mapping[str, Json]
Loop = Generator[Params, float, None]
"""Gives params to try; takes the loss of the last ones by `send`."""


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
        shares, by_work = regrets[name] / regrets["Winnow random"]
        cells = [f"{cost:.1f}" for cost in costs_ms(start)]
        cells += [f"{share:.2f}" for share in [*shares, shares.mean(), by_work.mean()]]
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
    """Means over seeds `(2, functions x budgets)`: by trials, and by work."""
    by_function = [
        np.mean([_search(start(seed), Objective(kind, seed), NOISE[kind], seed) for seed in range(seeds)], axis=0)
        for kind in NOISE
    ]
    return np.concatenate(by_function, axis=1)


def report(rows: list[str], seeds: int) -> str:
    """The results as a page."""
    columns = [f"ms at {count}" for count in HISTORIES]
    columns += [f"{kind}, {budget}" for kind in NOISE for budget in BUDGETS]
    columns += ["mean", "mean by work"]
    return f"""# What a suggestion costs, and how far it leads

{here("numpy", "hyperopt", *(["optuna"] if optuna else []))}; \
{len(SPACE)} parameters, {seeds} seeds.

Milliseconds of CPU for one more suggestion after so many trials; then the regret of the best trial of 20 and of 60 as a
share of random search's (lower is better) on three functions, and the mean; then the mean after as much work, of
leaves and columns, as 20 and 60 random trials are. `benchmarks/proposers.py` says which functions.

| | {" | ".join(columns)} |
| --- | {" | ".join(["---"] * len(columns))} |
{chr(10).join(rows)}
"""


def _search(loop: Loop, objective: Objective, noise: float, seed: int) -> list[list[float]]:
    """The true regret of the trial that looked best, after each budget of trials, and of work in random trials."""
    rng, usual = np.random.default_rng([2, seed]), _usual_work()
    params = next(loop)
    truths: list[float] = []
    losses: list[float] = []
    works: list[float] = []
    while len(truths) < BUDGETS[-1] or sum(works) < BUDGETS[-1] * usual:
        truths.append(objective(params))
        works.append(work(_trial(Proposal(params, "any"))))
        losses.append(truths[-1] + noise * rng.normal())
        params = loop.send(losses[-1])
    enough = [int(np.searchsorted(np.cumsum(works), budget * usual)) + 1 for budget in BUDGETS]
    return [[truths[int(np.argmin(losses[:trials]))] for trials in budgets] for budgets in (BUDGETS, enough)]


@cache
def _usual_work() -> float:
    """Of a random trial, on average."""
    suggest = Suggester("random", SPACE)
    return statistics.fmean(work(_trial(suggest([], number, 0))) for number in range(2000))


def _winnow(algorithm: Algorithm, seed: int) -> Loop:
    suggest = Suggester(algorithm, SPACE)
    history: list[Trial] = []
    while True:
        proposal = suggest(history, len(history), seed)
        loss = yield proposal.params
        history.append(_trial(proposal, len(history), loss))


def _trial(proposal: Proposal, number: int = 0, loss: float = 0.0) -> Trial:
    """Made with one round; leaves and columns alone say its work."""
    return Trial(
        number=number,
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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=15)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("results") / "proposers.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
