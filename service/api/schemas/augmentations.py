"""Augmentations as HTTP shows them."""

from typing import Any, Self

from pydantic import Field

from automl.reporting.samples import Showing
from automl.types import Task
from service.api.schemas.common import ColumnName, DatasetId, Request, View
from service.api.schemas.runrequests import Augmentations


class AugmentationRequest(Request):
    """What to do to which rows."""

    dataset: DatasetId
    target: ColumnName = Field(description="Name of the column to predict", examples=["class"])
    task: Task | None = Field(None, description="Inferred from the target when null")
    weights: ColumnName | None = Field(None, description="Column that says how much each row counts: 0 or more")
    ignore: list[ColumnName] = Field(
        [], max_length=10_000, description="Columns that nothing is learnt from: they are neither changed nor shown"
    )
    augmentation: Augmentations = Field(description="One after the other", examples=[["smote"]])
    strength: float = Field(0.5, ge=0.01, le=1, description="Of each; what it means depends on the augmentation")
    limit: int = Field(5, ge=1, le=50, description="Most pairs of rows in the answer")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="The same rows again for the same seed")


class AugmentedRow(View):
    """A row and what was made of it."""

    row: int
    """0-based data row of the original in the dataset."""
    original: dict[str, Any]
    changed: dict[str, Any] | None
    """Null for a row that is left out. Categories past the 1,000 commonest are one to a model: where a row has got one,
    this says how many they are."""
    weight: float
    """How much the changed row counts."""
    weight_before: float
    """How much the original one does."""


class AugmentationPreview(View):
    """What augmentations do to a dataset."""

    rows: int
    """That were looked at."""
    augmented_rows: int
    """That there were then."""
    items: list[AugmentedRow]
    note: str | None
    """Why no row could be changed, or why that does not show; null where it does, or rows count otherwise or are left
    out."""

    @classmethod
    def of(cls, showing: Showing) -> Self:
        """The view of what was shown."""
        items = [AugmentedRow.model_validate(pair) for pair in showing.pairs]
        return cls(rows=showing.rows, augmented_rows=showing.augmented, items=items, note=showing.note)
