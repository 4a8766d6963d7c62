"""Which parts of the search are on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """All parts, each to be left out when one wants to know what it brings.

    Attributes:
        portfolio: a few configurations that cover the field before the algorithm's proposals.
        racing: trials are given up after a fold where they are clearly behind.
        growing: on large tables, first few rows and then more.
        recipes: of features, in the space.
        links: of a regression's target, in the space.
        starts: of boosting, in the space.
        companions: models of other families.
        kinds: of these, the best is searched too where it is about as good.
        augmentation: of the training rows, where the request leaves it to the search.
        polish: the best once more with smaller steps, at the end.
        seeds: the best once more with other seeds, at the end.
        refit_seeds: several models of each trial on all rows, each with other seeds.
    """

    portfolio: bool = True
    racing: bool = True
    growing: bool = True
    recipes: bool = True
    links: bool = True
    starts: bool = True
    companions: bool = True
    kinds: bool = True
    augmentation: bool = True
    polish: bool = True
    seeds: bool = True
    refit_seeds: bool = True
