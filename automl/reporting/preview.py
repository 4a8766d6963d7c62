"""What augmentations would do to a table, before any run."""

import numpy as np
import pyarrow as pa

from automl.augment.mix import Mix
from automl.problem import pose
from automl.reporting.samples import Showing, most_rows, show
from automl.types import TrainRequest


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
    rows = np.random.default_rng(request.seed).permutation(len(problem.target))[: most_rows(problem)]
    return show(problem, problem.take(np.sort(rows)), mix, most=most, seed=request.seed)
