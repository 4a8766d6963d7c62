"""The search: who proposes params, how a trial is evaluated, when one is stopped, and the loop over them."""

from automl.search.evaluator import Evaluator, Outcome
from automl.search.loop import Found, Search
from automl.search.proposers import Proposal, Proposer, make_proposer
from automl.search.stopping import Brake

__all__ = ["Brake", "Evaluator", "Found", "Outcome", "Proposal", "Proposer", "Search", "make_proposer"]
