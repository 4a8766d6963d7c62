"""What the report says of augmentation: what was tried, what it gained, what it does to rows."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from automl.augment.mix import Mix
from automl.errors import TranslationFailed
from automl.learners.params import choice
from automl.problem import Problem
from automl.reporting.samples import show
from automl.reporting.turns import some_rows
from automl.search import Found
from automl.search.auditions import AUDITION, FIRST, may_be_twin, twin_of
from automl.search.evidence import FEWEST_FOLDS, Gain, gain
from automl.selection.blend import Blend
from automl.splits.split import Folds
from automl.stages import Parts
from automl.tables.frames import take
from automl.types import Json, Sample, TrainRequest, Trial

_SAMPLES: Final = 5


def tell_augmentation(
    problem: Problem, parts: Parts, request: TrainRequest, found: Found, blend: Blend, *, able: bool = True
) -> dict[str, Json]:
    """`asked`, what was `tried`, what the model's trials have `used`, and `samples` of that, or of the best tried.

    Where `auto` has tried nothing it says `why`; it was not `able` to where memory was short.

    Gains are in units of the score, where more is better, over the folds that the trial and its twin have both run.
    """
    tried = [_tell(trial, found.trials, parts.folds) for trial in found.trials if trial.proposer == AUDITION]
    used = list(dict.fromkeys(mix for outcome in blend.outcomes if (mix := Mix.of(outcome.trial.params)).names))
    heard = [entry for entry in tried if entry["gain"]]
    best = max(heard, key=lambda entry: (entry["folds"], entry["gain"]["value"]), default=None)
    shown = used or ([Mix.of(best)] if best else [])
    idle = request.augmentation == "auto" and not tried
    return {
        "asked": request.augmentation if isinstance(request.augmentation, str) else list(request.augmentation),
        "tried": tried,
        "why": _why_nothing(found.trials, able=able) if idle else None,
        "used": [mix.to_params() for mix in used],
        "samples": list(_samples(problem, parts, request, shown)),
    }


def _why_nothing(trials: Sequence[Trial], *, able: bool) -> str:
    if not able:
        return "There is no memory for more rows than the table has."
    if len(trials) <= FIRST:
        return f"The first augmentation is tried after {FIRST} trials, and there were {len(trials)}."
    family = choice(trials[0].params, "family")
    if not any(may_be_twin(trial, family) for trial in trials):
        return f"Only on {FEWEST_FOLDS} folds and all rows can a gain be proven, and no trial had time for them."
    return "The search came to its end before, or had no time or memory for the best trial once more."


def _tell(trial: Trial, trials: tuple[Trial, ...], folds: Folds) -> dict[str, Json]:
    twin = twin_of(trial, trials)
    return {
        "trial": trial.number,
        "twin": None if twin is None else twin.number,
        **Mix.of(trial.params).to_params(),
        "folds": len(trial.fold_scores),
        "gain": _json(gain(trial.fold_scores, twin.fold_scores, folds)) if twin and trial.fold_scores else None,
        "kept": trial.state == "succeeded",
        "seconds": trial.seconds,
        "detail": trial.detail,
    }


def _json(found: Gain) -> dict[str, Json]:
    bounds = {"low": found.low, "high": found.high}
    return {"value": found.value, **{name: it if math.isfinite(it) else None for name, it in bounds.items()}}


def _samples(problem: Problem, parts: Parts, request: TrainRequest, shown: Iterable[Mix]) -> Iterator[dict[str, Json]]:
    """One of each, but of what a translator refuses now."""
    for mix in shown:
        with suppress(TranslationFailed):
            yield _sample(problem, parts, request, mix)


def _sample(problem: Problem, parts: Parts, request: TrainRequest, mix: Mix) -> dict[str, Json]:
    """Of training rows of the first fold."""
    train = parts.folds[0][0]
    rows = train[some_rows(problem, take(parts.train, train), parts.target[train], request.seed)]
    weights = None if parts.weights is None else parts.weights[rows]
    sample = Sample(take(parts.train, rows), parts.target[rows], weights)
    showing = show(problem, sample, parts.rows[rows], mix, most=_SAMPLES, seed=request.seed)
    told = {"rows": showing.rows, "augmented": showing.augmented, "pairs": showing.pairs, "note": showing.note}
    return mix.to_params() | told
