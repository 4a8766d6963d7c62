"""Who says what to try next.

A proposer is a pure function of the trials so far, the number of the next one and the run's seed, so a search that was
interrupted goes on as if it had not been.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Final, Protocol

from automl.search.stopping import find_best
from automl.spaces.space import Space, defaults, is_point
from automl.types import Algorithm, Json, Trial

if TYPE_CHECKING:
    from automl.search.suggest import Suggester

WARM: Final = "warm_start"
BASES: Final = ("link", "boost_from")
"""Choices of which the better one depends on the table and hardly on the rest. Each proposes the defaults with it."""
_COVERING: Final = ("companion", "portfolio")
_OPENERS: Final = (WARM, *BASES, "default", *_COVERING)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something to try.

    Attributes:
        params: LightGBM parameters and choices.
        proposer: who proposes them.
        parents: numbers of the trials that they are made from.
        generation: of a genetic search.
        origin: the model version that they come from.
    """

    params: Mapping[str, Json]
    proposer: str
    parents: tuple[int, ...] = ()
    generation: int | None = None
    origin: str | None = None


class Proposer(Protocol):
    """Proposes trial `number` of the run with `seed`, given the earlier ones, of which pending ones look failed.

    None when everything has been tried.
    """

    def __call__(self, history: Sequence[Trial], number: int, seed: int) -> Proposal | None: ...


def opening(
    space: Space,
    *,
    portfolio: Sequence[Mapping[str, Json]],
    companions: Sequence[Proposal],
    warm: Sequence[Proposal] = (),
    near: Sequence[Proposal] = (),
) -> list[Proposal]:
    """What comes first: LightGBM's defaults, so that it is known what a trial costs; then what is most likely good.

    The defaults with another link come at once, as other families and what covers the field have the better one.

    Other families and what covers the field by turns: where there is time for a few trials, these shall differ.

    Args:
        space: of the search.
        portfolio: params that cover the field.
        companions: of other families.
        warm: from runs on the same columns, which know best.
        near: from runs on similar tables, which know no more than the portfolio.
    """
    covering = [Proposal(params, "portfolio") for params in portfolio]
    others = [
        Proposal({**defaults(space), name: option}, name)
        for name in BASES
        if name in space
        for option in space[name].options
    ]
    by_turns = chain.from_iterable(zip_longest(companions, covering))
    first = [Proposal(defaults(space), "default"), *others, *warm, *filter(None, by_turns), *near]
    return [each for place, each in enumerate(first) if each.params not in [other.params for other in first[:place]]]


def make_proposer(algorithm: Algorithm, space: Space, first: Sequence[Proposal]) -> Proposer:
    """What comes first, then the algorithm, where the space leaves it anything to choose."""

    @cache
    def suggester() -> "Suggester":
        from automl.search.suggest import Suggester  # noqa: PLC0415 - hyperopt takes a second to import

        return Suggester(algorithm, space)

    def propose(history: Sequence[Trial], number: int, seed: int) -> Proposal | None:
        made = sum(trial.proposer in _OPENERS for trial in history)
        if made < len(first):
            return with_bases(first[made], history)
        return None if is_point(space) else suggester()(history, number, seed)

    return propose


def with_bases(proposal: Proposal, history: Sequence[Trial]) -> Proposal:
    """With the best trial's link and start, as far as it has them and nobody has chosen them."""
    tried = {name: find_best(trial for trial in history if name in trial.params) for name in BASES}
    chosen = proposal.proposer if proposal.proposer in BASES else None
    if chosen is None and proposal.proposer not in _COVERING:
        return proposal
    better = {
        name: best.params[name] for name, best in tried.items() if best and name in proposal.params and name != chosen
    }
    return replace(proposal, params={**proposal.params, **better})
