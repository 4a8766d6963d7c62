"""The table of all operations: what is not in it is not served."""

from service.api.aliases import aliases
from service.api.augmentations import augmentations
from service.api.datasets import datasets
from service.api.models import models
from service.api.operations import Group, Operation
from service.api.predictions import predictions
from service.api.runs import runs
from service.api.system import system
from service.api.thresholds import thresholds

GROUPS: tuple[Group, ...] = (datasets, runs, models, aliases, thresholds, predictions, augmentations, system)
OPERATIONS: tuple[Operation, ...] = tuple(operation for group in GROUPS for operation in group)
