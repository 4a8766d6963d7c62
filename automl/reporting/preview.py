"""What augmentations would do to a table, before any run."""

from typing import Final

import numpy as np
import pyarrow as pa

from automl.augment.mix import Mix
from automl.problem import pose
from automl.reporting.samples import MOST_ROWS, Showing, show
from automl.types import TrainRequest

_MOST_WITH_IMAGES: Final = 200


def preview(table: pa.Table, request: TrainRequest, mix: Mix, *, most: int) -> Showing:
    """Augment up to 2,000 rows of the table, 200 with images, all of them as if they were training rows.

    Args:
        table: from `read_table`.
        request: says what is to be predicted.
        mix: the augmentations.
        most: pairs of rows to show.

    Raises:
        InvalidData, InvalidRequest: the table cannot be used, or not for this.
    """
    problem = pose(table, request)
    looked_at = _MOST_WITH_IMAGES if problem.images else MOST_ROWS
    rows = np.random.default_rng(request.seed).permutation(len(problem.target))[:looked_at]
    return show(problem, problem.take(np.sort(rows)), mix, most=most, seed=request.seed)
