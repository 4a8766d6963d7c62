"""What augmentations would do to a table, before any run."""

import numpy as np
import pyarrow as pa

from automl.augment.mix import Mix
from automl.problem import pose
from automl.profiling.columns import Profile
from automl.reporting.samples import Showing, show
from automl.reporting.turns import some_rows
from automl.reporting.unchanged import NO_ROWS
from automl.splits.split import Rows
from automl.types import TrainRequest


def preview(
    table: pa.Table,
    request: TrainRequest,
    mix: Mix,
    *,
    most: int,
    profile: Profile | None = None,
    numbers: Rows | None = None,
) -> Showing:
    """Augment some rows of the table (`turns.some_rows`) as if they were all the training rows.

    Args:
        table: from `read_table`, or a part of one; without rows where each is too long to look at.
        request: says what is to be predicted.
        mix: the augmentations.
        most: pairs of rows to show.
        profile: of what the table is a part of: it tells what columns are. The table's own when None.
        numbers: of the table's rows in that `(n,)`; from 0 when None.

    Raises:
        InvalidData, InvalidRequest: the table cannot be used, or not for this.
    """
    if table.num_rows == 0:
        return Showing(0, 0, [], NO_ROWS)
    problem = pose(table, request, profile=profile, part=profile is not None)
    rows = some_rows(problem, problem.frame, problem.target, request.seed)
    numbers = np.arange(table.num_rows) if numbers is None else numbers
    return show(problem, problem.take(rows), numbers[rows], mix, most=most, seed=request.seed)
