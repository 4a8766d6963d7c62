"""Bin a matrix once, and boost on parts of it."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from automl.learners.booster import as_outputs
from automl.learners.learningcurve import NOBODY, Rival, best_case
from automl.learners.lgbm import lgb
from automl.learners.modelcheck import bare_model
from automl.learners.params import choice
from automl.learners.schedules import DEFAULT_RATE, horizon, rate
from automl.learners.settings import aim, binning, log_link, seeds, settings
from automl.metrics import prepare
from automl.types import Floats, Json, Metric, Task

Part = lgb.Dataset
"""Rows of one binned matrix."""

EVALUATE_EVERY: Final = 5
"""Rounds between two looks at the validation rows: a look at every round would cost a tenth of the time."""

MOST_TREES_OF_A_FOREST: Final = 200
"""More gain little, as they are only averaged."""

_COMMON_WAY: Final = 25.0
"""Rounds that boosting often takes, times its rate."""


class Begun(NamedTuple):
    """What rows to learn from and to be judged by have for scores before the first round, `(n,)` and `(m,)`."""

    train: Floats
    valid: Floats


class TrainingData:
    """A matrix binned once, for all folds and trials.

    Bin edges have therefore seen the validation rows of every fold, but of their targets only the mean, which sets the
    size of penalties under a log link: harmless, and 3.5 times cheaper than binning each fold.

    Args:
        matrix: features `(n, features)`, NaN for missing.
        target: class indices or values `(n,)`.
        task: what is predicted.
        n_classes: classes in the whole table, also those that a part lacks; ignored for regression.
        categorical: indices of features that hold category codes.
        absolute: whether a regression minimises absolute errors, not squared ones; never under monotone constraints.
        weights: how much each row counts `(n,)`, in the fit and in the loss watched; all the same when None.
        monotone: for each feature whether outputs may only rise with it (1), only fall (-1) or both (0).
        interactions: groups of features, by index, inside which alone features may act together; see `settings.aim`.
        alike: whether each part has about as many entries a row as the others; see `settings.binning`.
    """

    def __init__(
        self,
        matrix: Floats,
        target: NDArray[np.int64] | Floats,
        *,
        task: Task,
        n_classes: int = 0,
        categorical: Sequence[int] = (),
        absolute: bool = False,
        weights: Floats | None = None,
        monotone: Sequence[int] | None = None,
        interactions: Sequence[Sequence[int]] | None = None,
        alike: bool = True,
    ) -> None:
        self._lock = Lock()
        self.task: Task = task
        self.n_classes = n_classes
        self.aim = aim(
            task,
            features=matrix.shape[1],
            n_classes=n_classes,
            absolute=absolute,
            monotone=monotone or (),
            interactions=interactions or (),
        )
        self.binning = binning(matrix.shape[1], self.aim["num_class"], alike=alike)
        self._mean = float(np.average(target, weights=weights)) if task == "regression" else 0.0
        self.whole: Part = lgb.Dataset(
            matrix, target, weight=weights, params=dict(self.binning), categorical_feature=list(categorical)
        ).construct()

    def part(self, rows: NDArray[np.int64]) -> Part:
        """The given rows, which must ascend."""
        return self.whole.subset(rows.tolist()).construct()

    def settings(self, params: Mapping[str, Json], *, seed: int) -> dict[str, Json]:
        """What LightGBM is told of a fit. Raises `InvalidRequest` as `settings` does."""
        logs = choice(params, "link") == "log" and choice(params, "family") == "boosted" and self.task == "regression"
        linked = log_link(params, self._mean) if logs else {}
        return settings({**self.binning, **self.aim, **linked}, params, seed=seed)

    def booster(
        self, settings: Mapping[str, Json], train: Part, valid: Part | None, begun: Begun | None
    ) -> lgb.Booster:
        """One that has not begun. Parts are shared, and each booster copies its scores from them when it is made."""
        parts = [part for part in (train, valid) if part is not None]
        with self._lock:
            for part, scores in zip(parts, begun or (), strict=False):
                part.set_field("init_score", scores)
            model = lgb.Booster(dict(settings), train)
            if valid is not None:
                model.add_valid(valid, "valid")
            for part in parts if begun else ():
                part.set_field("init_score", None)
        return model

    def loss(self, part: Part) -> Callable[[Floats], float]:
        """Of outputs for a part's rows: the mean loss of their task, whatever the link."""
        target = np.asarray(part.get_label(), dtype=np.float64 if self.task == "regression" else np.int64)
        given = part.get_weight()
        weights = None if given is None else np.asarray(given, dtype=np.float64)
        metric: Metric = "log_loss"
        if self.task == "regression":
            metric = "mae" if self.aim["objective"] == "regression_l1" else "rmse"
        power = 2 if metric == "rmse" else 1
        return lambda outputs: prepare(metric, target, outputs)(weights) ** power


@dataclass(frozen=True, slots=True)
class Fitted:
    """What one fit gives.

    Attributes:
        text: the model up to its best round, as far as `bare_model` keeps it.
        rounds: boosted for it, or trees of a forest; LightGBM drops those in which no tree could split.
        outputs: what it says of the validation rows, as `Booster.predict` would; None where there were none.
        cut: whether it was told to stop.
        loss: the least on the validation rows, as `TrainingData.loss` has it; None where nobody looked.
        lost: whether it gave up, as it could not win any more.
        start: the linear model at whose scores boosting began, as it is stored; None where it began at one value.
    """

    text: str
    rounds: int
    outputs: Floats | None
    cut: bool
    loss: float | None = None
    lost: bool = False
    start: str | None = None


def fit(
    data: TrainingData,
    train: Part,
    valid: Part | None,
    params: Mapping[str, Json],
    *,
    rounds: int,
    patience: int,
    seed: int = 0,
    told_to_stop: Callable[[], bool] = lambda: False,
    rival: Rival = NOBODY,
    begun: Begun | None = None,
) -> Fitted:
    """Boost on `train` for at most `rounds`, and keep the round with the least loss on `valid`.

    A forest (`family` "forest") keeps all its rounds, of which there are at most 200, and looks at `valid` once, at the
    end: each tree is fitted on its own, so more of them never harm. A `schedule` changes the rate between rounds.

    It is the task's loss and not the run's metric: ranking metrics of a few rows jump so much that they stop
    at any round, and models stopped by them came out worse on held-out rows.

    Args:
        data: what the parts are parts of.
        train: rows to learn from.
        valid: rows to stop early on; without them all rounds are kept.
        params: LightGBM parameters and choices of those that `params` allows; a recipe is none of its business.
        rounds: the most rounds.
        patience: rounds without a better one after which to stop.
        seed: of sampling.
        told_to_stop: asked after each round; one round is always boosted. May raise to abandon.
        rival: whose loss on `valid` it must have a prospect of, or give up.
        begun: scores to begin at; one value for all rows when None.

    Raises:
        InvalidRequest: `invalid-param`.
    """
    forest = choice(params, "family") == "forest"
    rounds = min(rounds, MOST_TREES_OF_A_FOREST) if forest else rounds
    model = data.booster(data.settings(params, seed=seed), train, valid, begun)
    way = max(_COMMON_WAY, rival.way)
    length = math.ceil(way / (params.get("learning_rate", DEFAULT_RATE) * EVALUATE_EVERY))
    watch = _Watch(model, valid, data, rounds if forest else patience, length) if valid is not None else None
    every = rounds if forest else EVALUATE_EVERY
    done, cut = 0, False
    for done, cut in _rounds(model, params, rounds, seed, told_to_stop):
        if watch and (cut or done == rounds or done % every == 0):
            watch.look(done)
        if watch and (watch.weary(done) or watch.lost(rival.loss)):
            break
    if not watch:
        return Fitted(bare_model(model.model_to_string()), done, None, cut)
    text = bare_model(model.model_to_string(num_iteration=watch.best_iteration))
    return Fitted(text, watch.best_round, watch.outputs, cut, watch.best_loss, not forest and watch.lost(rival.loss))


def _rounds(
    model: lgb.Booster, params: Mapping[str, Json], rounds: int, seed: int, told_to_stop: Callable[[], bool]
) -> Iterator[tuple[int, bool]]:
    """Boosts, and says after each round how many are done and whether it was told to stop, which makes it the last."""
    base = params.get("learning_rate", DEFAULT_RATE)
    now = base
    for round_ in range(rounds):
        last, now = now, rate(choice(params, "schedule"), base, round_, horizon(base))
        if now != last:
            model.reset_parameter({"learning_rate": now, **seeds(params, seed, round_)})
        model.update()
        cut = told_to_stop()
        yield round_ + 1, cut
        if cut:
            return


class _Watch:
    """Remembers the round that was best on the validation rows, and what the model said of them then.

    The loss is worked out here: LightGBM's threads add it up in the order in which they come, and one more of them in
    the process, of another fit, would change its last bits.
    """

    def __init__(self, model: lgb.Booster, valid: Part, data: TrainingData, patience: int, length: int) -> None:
        self._model = model
        self._loss = data.loss(valid)
        self._task: Task = data.task
        self._patience = patience
        self._length = length
        self._curve: list[float] = []
        self.best_loss = math.inf
        self.best_round = 0
        self.best_iteration = 0
        self.outputs: Floats = np.empty(0)

    def look(self, done: int) -> None:
        seen: list[Floats] = []

        def keep(raw: Floats, _: Part) -> tuple[str, float, bool]:
            seen.append(as_outputs(raw, self._task))
            return "kept", 0.0, True

        self._model.eval_valid(keep)
        loss = self._loss(seen[0])
        self._curve.append(loss)
        if loss < self.best_loss or self.best_round == 0:
            self.best_loss, self.best_round, self.outputs = loss, done, seen[0].copy()
            self.best_iteration = self._model.current_iteration()

    def weary(self, done: int) -> bool:
        return done - max(self.best_round, 1) >= self._patience

    def lost(self, rival: float) -> bool:
        return best_case(self._curve, self._length) > rival
