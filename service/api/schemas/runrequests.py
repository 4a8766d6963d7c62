"""Runs as HTTP takes them."""

from typing import Annotated, Literal

from pydantic import Field

from automl.types import Algorithm, Augmentation, CalibrationMethod, Metric, SplitKind, Task
from service.api.schemas.common import ColumnName, DatasetId, ModelName, Request
from service.api.schemas.constraints import Constraints
from service.api.schemas.decisions import DecisionRule

ClassOrder = Annotated[list[Annotated[str, Field(max_length=10_000)]], Field(min_length=3, max_length=200)]
Augmentations = Annotated[list[Augmentation], Field(min_length=1, max_length=5)]


class Budget(Request):
    """When a run ends at the latest: whichever comes first."""

    timeout_s: float = Field(60.0, ge=1, le=86_400, description="Seconds for everything, from profile to bundle")
    max_trials: int | None = Field(None, ge=1, le=100_000, description="No limit when null")


class Search(Request):
    """How the next trial is chosen."""

    algorithm: Algorithm = "auto"
    warm_start: str = Field(
        "auto",
        pattern=r"^(auto|none|[a-z0-9][a-z0-9_-]{0,63}:[1-9][0-9]{0,7})$",
        description="What earlier runs found best is tried early: `auto` looks for models on the same columns or on "
        "similar tables, but for none where `max_trials` ends the run, so that its seed alone repeats it; `none`; or "
        "the id of a model version",
        examples=["auto", "fraud:3"],
    )


class Split(Request):
    """Which rows train, which ones score."""

    kind: SplitKind = Field(
        "random",
        description="`random` spreads the classes; `group` keeps the rows of a group on one side; `time` learns from "
        "the past and is judged by the latest rows; `column` does as the rows say",
    )
    column: ColumnName | None = Field(
        None,
        description="Has the groups, the dates or numbers to sort by, or what each row is for: `train`, `valid`, "
        "`holdout` (or `test`), or the number of a fold",
    )
    gap: float = Field(
        0.0,
        ge=0,
        description="For `time`: rows less than this before what is judged are not learnt from; seconds for dates, "
        "else in the column's units",
    )
    holdout: float = Field(0.2, ge=0.05, le=0.5, description="Share of the rows that no search step sees")
    folds: int | None = Field(None, ge=2, le=20, description="Chosen from the number of rows when null")
    repeats: int = Field(1, ge=1, le=5, description="How often the rows are folded, each time anew")


class RunRequest(Request):
    """What is asked of a run: only `dataset` and `target` are needed."""

    dataset: DatasetId
    target: ColumnName = Field(description="Name of the column to predict", examples=["class"])
    test_dataset: DatasetId | None = Field(
        None, description="Judges the winner in the holdout's place: no rows of `dataset` are held out then"
    )
    model: ModelName | None = Field(
        None,
        description="Line in the registry that the winner joins; made from the dataset's and target's names if null",
    )
    task: Task | None = Field(None, description="Inferred from the target when null")
    metric: Metric | None = Field(
        None, description="What trials are ranked by; chosen from the task and the balance of the classes when null"
    )
    positive: str | None = Field(
        None, max_length=10_000, description="Positive class of a binary task, as text; the rarer one when null"
    )
    class_order: ClassOrder | None = Field(
        None,
        description="The classes of a multiclass task as text, from low to high; numbers have an order without it",
    )
    budget: Budget = Budget()
    search: Search = Search()
    split: Split = Split()
    weights: ColumnName | None = Field(None, description="Column that says how much each row counts: 0 or more")
    ignore: list[ColumnName] = Field(
        [], max_length=10_000, description="Columns that nothing is learnt from; predictions do not need them"
    )
    constraints: Constraints = Constraints()
    augmentation: Literal["auto", "none"] | Augmentations = Field(
        "auto",
        description="Of each fold's training rows: `auto` tries some and keeps what helps beyond noise; a list is "
        "applied to every trial, one after the other",
    )
    augmentation_strength: float | None = Field(
        None, ge=0.01, le=1, description="Of those that `augmentation` names; 0.5 if null. `auto` searches its own"
    )
    decision: DecisionRule | None = Field(
        None,
        description="What the rule that calls labels is tuned for, out of fold: if null, the metric where it is one of "
        "labels, else F1 of two classes, and of more the likeliest is called",
    )
    calibration: Literal["auto", "none"] | CalibrationMethod = Field(
        "auto", description="Of probabilities: `auto` does so where it helps out of fold, a method does so anyway"
    )
    slices: list[ColumnName] = Field(
        [],
        max_length=10,
        description="Columns of which the report tells every slice; the worst slices it finds by itself",
    )
    ensemble: bool = Field(
        default=True, description="Let several trials answer together where they score better so out of fold"
    )
    max_predict_ms: float | None = Field(
        None,
        ge=0.001,
        le=60_000,
        description="The most milliseconds that answering one row may take; when null, the models are chosen to take "
        "3 of them, whatever reading the row takes, and more of each may be added up to 6",
    )
    max_bundle_mb: float | None = Field(
        None, ge=0.001, le=512, description="The most millions of bytes that the bundle may have; no limit when null"
    )
    refit: bool = Field(
        default=True, description="Fit the winner once more, on the holdout's rows too, after it has been judged"
    )
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Repeats a run that `max_trials` ends")
