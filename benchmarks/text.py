"""Free text: Winnow beside TF-IDF with logistic regression and with LightGBM, fitted by hand, on all rows and on few.

python -m benchmarks.text FOLDER
"""

import argparse
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from automl import TrainRequest, load_bundle, train
from automl.machine import cores
from automl.metrics import LOSSES, measure
from automl.types import Augmentation, Floats, Metric
from benchmarks.automl.report import markdown, write_page
from benchmarks.circumstances import here, told
from benchmarks.keeping import kept_or, this_engine
from benchmarks.tables import Table, read_folder

RESULTS: Final = Path(__file__).with_name("results")
TABLES: Final = (
    "newsgroups20",
    "sms_spam",
    "movie_snippets",
    "amazon_snippets",
    "spamassassin",
    "womens_clothing",
)
ALL: Final = 0
ROWS: Final = (ALL, 200, 500)
ASKED: Final[Mapping[str, Literal["auto", "none"] | tuple[Augmentation, ...]]] = {
    "Winnow": "auto",
    "Winnow, no augmentation": "none",
    "Winnow, synonyms": ("synonyms",),
    "Winnow, words left out": ("word_deletion",),
}
BY_HAND: Final = ("TF-IDF + logistic regression", "TF-IDF + LightGBM")
METRICS: Final[Mapping[str, tuple[Metric, Metric]]] = {
    "binary": ("log_loss", "roc_auc"),
    "multiclass": ("log_loss", "accuracy"),
}


@dataclass(frozen=True)
class Cell:
    """One model of one table, by the test rows.

    Attributes:
        rows: to learn from; 0 for all.
        seconds: that it was given, if any.
        measured: when, and on what.
        took: seconds that it took.
        values: of the metrics of the task.
    """

    table: str
    who: str
    rows: int
    seed: int
    seconds: float | None
    engine: str
    measured: str
    took: float
    values: Sequence[float]


def main() -> None:
    """Run what is not kept yet, and write the page."""
    options = _options()
    folder = read_folder(options.folder, texts=True)
    tables = [folder[name] for name in options.tables]
    wanted = [
        (table, who, rows, seed)
        for rows in options.rows
        for table in tables
        for seed in range(options.seeds if rows else 1)
        for who in (*(ASKED if rows else ("Winnow",)), *BY_HAND)
    ]
    cells = [cell for wish in wanted if (cell := _cell(*wish, options)) is not None]
    write_page(options.out, *_page(cells, options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--rows", nargs="+", type=int, choices=ROWS, default=ROWS, help="0 is all")
    parser.add_argument("--seeds", type=int, default=3, help="draws of few rows")
    parser.add_argument("--seconds", type=float, default=120, help="of a run on all rows")
    parser.add_argument("--few-seconds", type=float, default=30, help="of a run on few rows")
    parser.add_argument("--cells", type=Path, default=RESULTS / "text" / "cells")
    parser.add_argument("--out", type=Path, default=RESULTS / "text.md")
    parser.add_argument("--report-only", action="store_true", help="measure nothing")
    return parser.parse_args()


def _cell(table: Table, who: str, rows: int, seed: int, options: argparse.Namespace) -> Cell | None:
    seconds = None if who in BY_HAND else options.seconds if rows == ALL else options.few_seconds
    made_by = "by-hand-1" if who in BY_HAND else this_engine()
    name = "-".join(map(str, [table.name, table.digest, who, rows, seed, seconds, made_by]))
    place = options.cells / f"{name.replace(' ', '_').replace(',', '')}.json"

    def measured() -> Cell:
        learnt = _some(table, rows, seed)
        begun = time.monotonic()
        outputs = _by_hand(table, learnt, who) if seconds is None else _winnow(table, learnt, who, seed, seconds)
        took, truth = time.monotonic() - begun, table.truth("test")
        one, other = (measure(metric, truth, outputs) for metric in METRICS[table.task])
        return Cell(table.name, who, rows, seed, seconds, made_by, here("lightgbm", "scikit-learn"), took, (one, other))

    return kept_or(place, Cell, None if options.report_only else measured)


def _some(table: Table, rows: int, seed: int) -> NDArray[np.int64]:
    """Numbers of training rows, each class among them as often as among all, at least three times."""
    target = table.truth("train")
    order = np.random.default_rng(seed).permutation(len(target))
    if rows == ALL:
        return np.sort(order)
    kept: list[int] = []
    for label, count in enumerate(np.bincount(target)):
        kept += order[target[order] == label][: max(3, round(rows * count / len(target)))].tolist()
    return np.sort(kept)


def _winnow(table: Table, rows: NDArray[np.int64], who: str, seed: int, seconds: float) -> Floats:
    request = TrainRequest(
        target="target", positive=table.positive, timeout_s=seconds, seed=seed, augmentation=ASKED[who]
    )
    result = train(table.rows("train").take(rows), request)
    answer = load_bundle(result.bundle.data).predict_table(table.rows("test").drop(["target"]))
    place = [answer.classes.index(label) for label in table.classes]
    return np.asarray(answer.probabilities)[:, place]


def _by_hand(table: Table, rows: NDArray[np.int64], who: str) -> Floats:
    """As one would by hand; the penalty of the regression is chosen among two by cross-validation."""
    from lightgbm import LGBMClassifier  # noqa: PLC0415 - only here
    from sklearn.linear_model import LogisticRegressionCV  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    if who == BY_HAND[0]:
        model: Any = LogisticRegressionCV(
            Cs=[1, 10], cv=3, scoring="neg_log_loss", max_iter=200, l1_ratios=(0,), use_legacy_attributes=False
        )
    else:
        model = LGBMClassifier(verbose=-1, n_jobs=cores())
    learnt, asked = table.rows("train").take(rows), table.rows("test")
    pipeline = make_pipeline(_features(learnt, table), model).fit(_columns(learnt), table.truth("train")[rows])
    return np.asarray(pipeline.predict_proba(_columns(asked)), dtype=np.float64)


def _columns(rows: pa.Table) -> NDArray[Any]:
    names = [name for name in rows.column_names if name != "target"]
    return np.array([rows[name].to_pylist() for name in names], dtype=object).T


def _features(rows: pa.Table, table: Table) -> Any:  # noqa: ANN401 - scikit-learn is untyped
    """Words and pairs of each text, other texts as indicators, numbers standardised."""
    from sklearn.compose import ColumnTransformer  # noqa: PLC0415
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: PLC0415

    def kind(name: str) -> Any:  # noqa: ANN401
        if name in table.texts:
            return TfidfVectorizer(
                sublinear_tf=True, ngram_range=(1, 2), min_df=2, max_features=50_000, preprocessor=_lowered
            )
        if pa.types.is_string(rows.schema.field(name).type):
            return OneHotEncoder(handle_unknown="ignore")
        return make_pipeline(SimpleImputer(), StandardScaler())

    names = [name for name in rows.column_names if name != "target"]
    return ColumnTransformer(
        [(name, kind(name), place if name in table.texts else [place]) for place, name in enumerate(names)]
    )


def _lowered(text: str | None) -> str:
    return (text or "").lower()


def _page(cells: Sequence[Cell], options: argparse.Namespace) -> Iterable[str]:
    yield (
        f"# Free text\n\nTest rows. Winnow has {options.seconds:g} s for all rows, {options.few_seconds:g} s for few. "
        "What is fitted by hand takes as long as it takes: at most 50,000 words and pairs of words, TF-IDF with "
        "logarithmic counts; logistic regression with the better of two penalties by cross-validation, LightGBM with "
        "its defaults.\n"
    )
    for rows in ROWS:
        some = [cell for cell in cells if cell.rows == rows]
        if some:
            draws = len({cell.seed for cell in some})
            yield "## All rows\n" if rows == ALL else f"## {rows} rows, mean over {draws} draws\n"
            yield told(cell for cell in some if cell.who not in BY_HAND)
            ours = ["Winnow"] if rows == ALL else list(ASKED)
            yield markdown(("table", "metric", *ours, *BY_HAND, "seconds"), _lines(some, ours))


def _lines(cells: Sequence[Cell], ours: Sequence[str]) -> Iterable[tuple[str, ...]]:
    for table in dict.fromkeys(cell.table for cell in cells):
        own = [cell for cell in cells if cell.table == table]
        seconds = " / ".join(_mean(own, who, lambda cell: cell.took, ".0f") for who in (*ours, *BY_HAND))
        metrics = METRICS["multiclass" if table in ("newsgroups20", "amazon_snippets") else "binary"]
        for place, metric in enumerate(metrics):
            values = [_mean(own, who, partial(_value, place), ".4f") for who in (*ours, *BY_HAND)]
            yield table, metric, *_best_bold(values, metric), seconds


def _value(place: int, cell: Cell) -> float:
    return cell.values[place]


def _mean(cells: Sequence[Cell], who: str, value: Callable[[Cell], float], form: str) -> str:
    found = [value(cell) for cell in cells if cell.who == who]
    return format(float(np.mean(found)), form) if found else "not measured"


def _best_bold(values: Sequence[str], metric: Metric) -> list[str]:
    measured = [float(value) for value in values if value[0].isdigit()]
    best = (min if metric in LOSSES else max)(measured, default=0.0)
    return [f"**{value}**" if value[0].isdigit() and float(value) == best else value for value in values]


if __name__ == "__main__":
    main()
