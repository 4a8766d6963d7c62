"""The search: who proposes params, how a trial is evaluated, when one is stopped, and the loop over them."""

from automl.search.evaluator import Evaluator, Outcome
from automl.search.loop import Found, Search
from automl.search.proposers import Proposal, Proposer, make_proposer
from automl.search.stopping import Brake
from automl.search.views import Material, Views

__all__ = [
    "Brake",
    "Evaluator",
    "Found",
    "Material",
    "Outcome",
    "Proposal",
    "Proposer",
    "Search",
    "Views",
    "make_proposer",
]
