"""How far two classes' curves might have run otherwise."""

from automl.evaluation.along import ALONG, PRECISION_AT_RECALL, RECALL_AT_FALSE_ALARMS, TOP, TOPS
from automl.evaluation.figures import Figure, Measured
from automl.types import Json


def banded(drawn: dict[str, Json], measured: Measured) -> dict[str, Json]:
    """The curves with what their figures' intervals tell: `band` of precision-recall and ROC, `top` of the gain.

    Args:
        drawn: the curves of two classes.
        measured: their figures, with those along the curves.
    """
    prevalence = drawn["precision_recall"]["baseline"]
    band = _band(measured, PRECISION_AT_RECALL, "recall")
    area = _band(measured, RECALL_AT_FALSE_ALARMS, "false_positive_rate")
    return {
        **drawn,
        "precision_recall": {**drawn["precision_recall"], "band": band},
        "roc": {**drawn["roc"], "band": area},
        "gain": {**drawn["gain"], "top": [_top(measured, share, prevalence) for share in TOPS] if prevalence else []},
    }


def _band(measured: Measured, name: str, across: str) -> dict[str, list[Json]]:
    """Places of which nothing is known are left out."""
    known = [(place, measured[Figure(name, place)]) for place in ALONG[name]]
    known = [(place, found) for place, found in known if found["low"] is not None]
    return {
        across: [place for place, _ in known],
        "low": [found["low"] for _, found in known],
        "high": [found["high"] for _, found in known],
    }


def _top(measured: Measured, share: float, prevalence: float) -> dict[str, Json]:
    """What flagging the likeliest rows finds; the figure is a share of what there is room for among so many."""
    found, room = measured[Figure(TOP, share)], min(1.0, share / prevalence)
    return {
        "flagged_share": share,
        "recall": {key: _times(found[key], room) for key in ("value", "low", "high")},
        "lift": {key: _times(found[key], room / share) for key in ("value", "low", "high")},
    }


def _times(end: float | None, times: float) -> float | None:
    return None if end is None else times * end
