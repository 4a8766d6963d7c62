"""From a URL to an object store that was proved suitable."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from registry.errors import StoreUnavailable, UnsuitableStore
from registry.local import LocalStore
from registry.objects import ObjectStore
from registry.probe import probe


def connect(url: str | Path, *, endpoint_url: str | None = None) -> ObjectStore:
    """Open a store and prove that it honours conditional writes.

    Args:
        url: a directory, which is made when missing, as a path or `file:///path`; or `s3://bucket/prefix`, with the
            standard AWS variables for credentials.
        endpoint_url: address of an S3 server other than Amazon's; `AWS_ENDPOINT_URL` when None.

    Raises:
        UnsuitableStore: the URL means nothing, or the store ignores conditional writes or cannot be written.
        StoreUnavailable: the store does not answer.
    """
    store = _open(url, endpoint_url)
    probe(store)
    return store


def _open(url: str | Path, endpoint_url: str | None) -> ObjectStore:
    if isinstance(url, Path):
        return _directory(url)
    scheme, separator, _ = url.partition("://")
    parts = urlsplit(url)
    if not separator:
        return _directory(Path(url))
    if scheme == "file" and parts.netloc in ("", "localhost") and parts.path:
        return _directory(Path(unquote(parts.path)))
    if scheme == "s3" and parts.netloc:
        from registry.s3 import S3Store  # noqa: PLC0415 - boto3 takes half a second to import, a directory needs none

        return S3Store(parts.netloc, parts.path.strip("/"), endpoint_url=endpoint_url)
    raise UnsuitableStore(f"{url!r} is not a store: use a directory, file:///path or s3://bucket/prefix")


def _directory(path: Path) -> LocalStore:
    try:
        return LocalStore(path)
    except StoreUnavailable as error:
        raise UnsuitableStore(f"{error}. Use a directory that this user may write") from error
