"""Sweeping: remove old blobs that no record of any project refers to."""

from datetime import datetime

from registry.errors import NotFound
from registry.names import BLOBS, PROJECTS, blob_digest
from registry.objects import ObjectStore
from registry.records import Records, list_all
from registry.versions import BLOBS as VERSION_BLOBS


def sweep(store: ObjectStore, records: Records, before: datetime) -> list[str]:
    """Remove the blobs last written before `before` that nothing refers to; returns their digests.

    The order makes it safe beside publishers: first what is old, then what is referred to. A blob that is referred to
    later was written anew for that, and is young when it is looked at once more.

    Raises:
        UnknownFormat, Corrupt: a record cannot be understood, so nothing is removed.
    """
    old = [blob.key for blob in list_all(store, BLOBS) if blob.modified < before]
    if not old:
        return []
    referred = _referred(records)
    return [blob_digest(key) for key in old if blob_digest(key) not in referred and _remove(store, key, before)]


def _referred(records: Records) -> set[str]:
    keys = (key for key in records.keys(PROJECTS) if key.split("/")[2] in ("datasets", "versions"))
    return {
        record.data[name]["digest"]
        for record in records.find_many(keys)
        for name in ("blob", *VERSION_BLOBS)
        if name in record.data
    }


def _remove(store: ObjectStore, key: str, before: datetime) -> bool:
    try:
        if store.head(key).modified >= before:
            return False
    except NotFound:
        return False
    store.delete(key)
    return True
