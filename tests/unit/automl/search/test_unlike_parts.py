"""Parts of a table with more entries a row than the whole has."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]
FITS = """
import numpy as np
from automl.augment import Mix
from automl.learners.boosting import fit
from automl.search import Material, Views

rng = np.random.default_rng(0)
dense, rest, columns = 1008, 720, 300
matrix = np.zeros((dense + rest, columns))
matrix[:dense] = np.where(rng.random((dense, columns)) < 0.27, rng.integers(1, 200, (dense, columns)), 0)
target = (matrix[:, 0] + matrix[:, 1] + rng.normal(size=len(matrix)) * 20 > 30).astype(int)
folds = [(np.arange(dense), np.arange(dense, dense + rest))]
material = Material(
    matrix=matrix, target=target, folds=folds, task="binary", metric="roc_auc", n_classes=2, alike=False
)
views = Views(material)
for mix in (Mix(()), Mix(("noise",), 0.5)):
    view = views.view(0, mix=mix)
    print(fit(view.data, view.train, None, {"feature_fraction": 0.2}, rounds=3, patience=3).text)
"""


def test_they_are_learnt_from_whatever_the_memory_held() -> None:
    """LightGBM keeps few entries in 16 bits each: of more than it expects it would write beyond, and die at times."""

    def told(filling: str) -> str:
        environment = {**os.environ, "MALLOC_PERTURB_": filling, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", FITS], env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    first = told("90")
    assert first.count("tree") > 1
    assert told("165") == first
