"""Figures along curves: what they are, and how often their intervals hold the truth."""

import json
from typing import Any

import numpy as np
import pytest

from automl.evaluation.along import ALONG, RECALLS, TOPS, along
from automl.evaluation.evaluate import evaluate, measure_all
from automl.evaluation.judged import Judged
from automl.ranking import Ranking
from automl.types import Floats, Json


def judged(positive: Any, score: Floats, weights: Floats | None = None) -> Judged:
    p = np.asarray(score)
    target = np.asarray(positive).astype(np.int64)
    return Judged(
        task="binary", classes=["n", "y"], target=target, outputs=np.c_[1 - p, p],
        predicted=(p > 0.5).astype(np.int64), weights=weights,
    )  # fmt: skip


def drawn(rng: np.random.Generator, rows: int) -> Judged:
    target = np.arange(rows) < rows // 10
    return judged(target, 1 / (1 + np.exp(2 - rng.normal(size=rows) - 1.5 * target)))


def curves(rows: Judged) -> dict[str, Json]:
    found: dict[str, Json] = evaluate(rows, seed=0)["curves"]
    return found


def test_figures_are_those_of_flagging_row_by_row() -> None:
    rng = np.random.default_rng(0)
    positive, score = rng.random(200) < 0.3, rng.random(200)
    found = along(*Ranking(positive, score).counts())
    order = np.argsort(-score)
    hits = np.cumsum(positive[order])
    for share, value in zip(TOPS, found, strict=False):
        flagged = round(200 * share)
        assert value == pytest.approx(hits[flagged - 1] / min(flagged, hits[-1]))
    for recall, value in zip(RECALLS, found[len(TOPS) :], strict=False):
        first = np.flatnonzero(hits >= recall * hits[-1] - 1e-6)[0]
        assert value == pytest.approx(hits[first] / (first + 1))


def test_rows_of_one_score_are_taken_in_part() -> None:
    found = along(*Ranking(np.arange(100) < 50, np.zeros(100)).counts())
    assert found == pytest.approx([*(share * 50 / min(100 * share, 50) for share in TOPS), *([0.5] * 19),
                                   *((i / 20) ** 2 for i in range(1, 20))])  # fmt: skip


def test_bands_hold_their_curves_and_the_top_its_values() -> None:
    rows = drawn(np.random.default_rng(1), 1000)
    told = curves(rows)
    ranking = rows.rankings[0].counts()
    places = [(name, place) for name, there in ALONG.items() for place in there]
    values = dict(zip(places, along(*ranking), strict=True))
    for curve, across, name in (
        ("precision_recall", "recall", "precision_at_recall"),
        ("roc", "false_positive_rate", "recall_at_false_alarms"),
    ):
        band = told[curve]["band"]
        assert len(band[across]) > 15
        for place, low, high in zip(band[across], band["low"], band["high"], strict=True):
            assert low <= values[name, place] <= high
            assert high - low > 0.001
    assert [top["flagged_share"] for top in told["gain"]["top"]] == [0.01, 0.05, 0.1, 0.2]
    for top in told["gain"]["top"]:
        share, recall, lift = top["flagged_share"], top["recall"], top["lift"]
        assert recall["low"] < recall["value"] <= recall["high"]
        assert lift == pytest.approx({name: end / share for name, end in recall.items()})
        at = np.searchsorted(told["gain"]["flagged_share"], share)
        assert recall["value"] == pytest.approx(told["gain"]["recall"][at], abs=0.03)


def test_a_top_of_positives_alone_is_not_certain_and_holds_no_more_than_there_is_room_for() -> None:
    perfect = np.arange(200) < 40
    top = curves(judged(perfect, np.where(perfect, 0.9, 0.1) - np.arange(200) / 1e4))["gain"]["top"]
    assert [each["recall"]["value"] for each in top] == pytest.approx([0.05, 0.25, 0.5, 1.0])
    assert [each["recall"]["high"] for each in top] == pytest.approx([0.05, 0.25, 0.5, 1.0])
    assert all(each["recall"]["low"] < each["recall"]["value"] for each in top)
    assert top[0]["recall"]["low"] < 0.01


@pytest.mark.parametrize("positive", [[1, 1, 1], [0, 0, 0], [1, 0, 0], [1]])
def test_where_nothing_is_known_there_is_no_band(positive: list[int]) -> None:
    told = curves(judged(positive, np.linspace(0.9, 0.1, len(positive))))
    json.dumps(told, allow_nan=False)
    assert told["precision_recall"]["band"] == {"recall": [], "low": [], "high": []}


@pytest.mark.slow
@pytest.mark.parametrize("rows", [100, 300, 1500])
def test_bands_cover_what_they_claim(rows: int) -> None:
    """Where a figure jumps from row to row they cover a little more."""
    rng = np.random.default_rng(0)
    truth, _ = measure_all(drawn(rng, 400_000), bands=True, over=lambda: True, seed=0)
    held: dict[tuple[str, float | None], list[bool]] = {}
    for time in range(200):
        measured, _ = measure_all(drawn(rng, rows), bands=True, seed=time)
        for figure, found in measured.items():
            if figure.name in ALONG and found["low"] is not None:
                held.setdefault((figure.name, figure.of), []).append(
                    found["low"] <= truth[figure]["value"] <= found["high"]
                )
    covered = {figure: float(np.mean(each)) for figure, each in held.items()}
    assert {figure: share for figure, share in covered.items() if share < 0.9} == {}
    assert 0.94 < np.mean(list(covered.values())) < 0.99
