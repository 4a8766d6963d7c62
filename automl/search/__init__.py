"""The search: who proposes params, how a trial is evaluated, when one is stopped, and the loop over them."""

from automl.search.agenda import Agenda
from automl.search.attempt import Attempt, Outcome
from automl.search.auditions import Auditions
from automl.search.ceiling import Ceiling, outputs_of
from automl.search.closing import Closing
from automl.search.ensemble import helps
from automl.search.evaluator import Evaluator
from automl.search.growth import Growth
from automl.search.kinds import Kinds
from automl.search.loop import Found, Search
from automl.search.material import Material
from automl.search.plan import Plan
from automl.search.proposers import Proposal, Proposer, make_proposer, opening
from automl.search.runner import Runner
from automl.search.special import LEAST_RATE, companions, share_learnt
from automl.search.stopping import Brake
from automl.search.views import Views

__all__ = [
    "LEAST_RATE",
    "Agenda",
    "Attempt",
    "Auditions",
    "Brake",
    "Ceiling",
    "Closing",
    "Evaluator",
    "Found",
    "Growth",
    "Kinds",
    "Material",
    "Outcome",
    "Plan",
    "Proposal",
    "Proposer",
    "Runner",
    "Search",
    "Views",
    "companions",
    "helps",
    "make_proposer",
    "opening",
    "outputs_of",
    "share_learnt",
]
