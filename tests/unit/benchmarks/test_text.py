from argparse import Namespace
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.text import ALL, BY_HAND, Cell, _page, _some

OPTIONS = Namespace(seconds=120.0, few_seconds=30.0)


def _cell(who: str, rows: int, seed: int, values: tuple[float, float]) -> Cell:
    return Cell("sms_spam", who, rows, seed, 30.0, "engine", "today", 12.0, values)


def test_few_rows_have_all_classes_about_as_often_as_all() -> None:
    target = np.array([0] * 900 + [1] * 98 + [2] * 4)
    table: Any = SimpleNamespace(truth=lambda part: target)
    one, other = _some(table, 200, 0), _some(table, 200, 1)
    assert np.bincount(target[one]).tolist() == [180, 20, 3]
    assert set(one) != set(other)
    assert (np.diff(one) > 0).all()
    assert len(_some(table, ALL, 0)) == len(target)


def test_the_best_of_each_line_is_told() -> None:
    cells: list[Any] = [_cell("Winnow", ALL, 0, (0.1, 0.99)), _cell(BY_HAND[0], ALL, 0, (0.2, 0.995))]
    cells += [_cell(BY_HAND[1], 200, seed, (0.3, 0.8 + seed / 10)) for seed in range(2)]
    page = "\n".join(_page(cells, OPTIONS))
    assert "| sms_spam | log_loss | **0.1000** | 0.2000 | not measured | 12 / 12 / not measured |" in page
    assert "| sms_spam | roc_auc | 0.9900 | **0.9950** | not measured | 12 / 12 / not measured |" in page
    assert "## 200 rows, mean over 2 draws" in page
    assert "**0.8500**" in page
    assert "## 500 rows" not in page
