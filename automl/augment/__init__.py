"""Augmentation: the training rows of one fold made more, fewer or of other weight. Knows no row that judges."""

from automl.augment.kinds import KINDS, kinds_for
from automl.augment.mix import PLAIN, Mix, augment
from automl.augment.rows import TrainingRows
from automl.augment.seal import check_sealed

__all__ = ["KINDS", "PLAIN", "Mix", "TrainingRows", "augment", "check_sealed", "kinds_for"]
