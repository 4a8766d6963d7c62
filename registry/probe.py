"""The proof at start that a store honours conditional writes: without them publishers would overwrite each other."""

import secrets
from contextlib import suppress

from registry.errors import PreconditionFailed, RegistryError, StoreRefused, UnsuitableStore
from registry.objects import ObjectStore

_NO_ETAG = "0" * 32
_ADVICE = (
    "Use a store that honours If-None-Match and If-Match on writes, such as Amazon S3, MinIO or SeaweedFS, or a "
    "directory; check that no proxy between drops these headers"
)


def probe(store: ObjectStore) -> None:
    """Write, fail to overwrite twice, overwrite once, and clean up.

    Raises:
        UnsuitableStore: the store ignores conditional writes, refuses proper ones, or cannot be written.
        StoreUnavailable: the store does not answer, so nothing is proved.
    """
    key = f"probes/{secrets.token_hex(16)}"
    try:
        etag = store.put(key, b"first", if_absent=True).etag
        _must_fail(store, key, "If-None-Match", if_absent=True)
        _must_fail(store, key, "If-Match", if_match=_NO_ETAG)
        store.put(key, b"second", if_match=etag)
        if store.get(key)[0] != b"second":
            raise UnsuitableStore(f"{store!r} does not read back what was just written. {_ADVICE}")
    except PreconditionFailed as error:
        raise UnsuitableStore(f"{store!r} refuses a conditional write that it should accept. {_ADVICE}") from error
    except StoreRefused as error:
        raise UnsuitableStore(
            f"{error}. Make the bucket, or allow this user to read, write, list and delete"
        ) from error
    finally:
        with suppress(RegistryError):
            store.delete(key)


def _must_fail(
    store: ObjectStore, key: str, header: str, *, if_absent: bool = False, if_match: str | None = None
) -> None:
    with suppress(PreconditionFailed):
        store.put(key, b"overwritten", if_absent=if_absent, if_match=if_match)
        raise UnsuitableStore(f"{store!r} ignores {header} and would let one publisher overwrite another. {_ADVICE}")
