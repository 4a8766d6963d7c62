"""What augmentations would do to a table, before any run."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from automl.augment.mix import Mix
from automl.problem import pose
from automl.profiling.columns import Profile
from automl.reporting.samples import Showing, show, some_rows
from automl.types import TrainRequest


def preview(table: pa.Table, request: TrainRequest, mix: Mix, *, most: int, profile: Profile | None = None) -> Showing:
    """Augment about 2,000 rows of the table, 200 with images, all of them as if they were training rows.

    Args:
        table: from `read_table`.
        request: says what is to be predicted.
        mix: the augmentations.
        most: pairs of rows to show.
        profile: of what the table is a part of: it tells what columns are. The table's own when None.

    Raises:
        InvalidData, InvalidRequest: the table cannot be used, or not for this.
    """
    problem = pose(table, request, profile=profile and replace(profile, rows=table.num_rows))
    rows = some_rows(problem, np.arange(len(problem.target)), problem.target, request.seed)
    return show(problem, problem.take(rows), mix, most=most, seed=request.seed)
