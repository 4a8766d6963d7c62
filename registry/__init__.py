"""Durable, versioned things in an object store: datasets, model versions, aliases. Works without the service."""

from registry.aliases import Alias, Move
from registry.blobs import GRACE, Blob
from registry.connect import connect
from registry.datasets import Dataset
from registry.decisions import Change, Decision
from registry.models import Model
from registry.names import check_alias, check_name
from registry.objects import ObjectInfo, ObjectStore
from registry.registry import Registry, utcnow
from registry.versions import ModelVersion

__all__ = [
    "GRACE",
    "Alias",
    "Blob",
    "Change",
    "Dataset",
    "Decision",
    "Model",
    "ModelVersion",
    "Move",
    "ObjectInfo",
    "ObjectStore",
    "Registry",
    "check_alias",
    "check_name",
    "connect",
    "utcnow",
]
