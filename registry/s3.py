"""An object store in an S3 bucket, through boto3."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from registry.errors import NotFound, PreconditionFailed, RegistryError, StoreFull, StoreRefused, StoreUnavailable
from registry.objects import ObjectInfo, check_key, check_prefix
from registry.streams import reader

_REFUSALS = {"AccessDenied", "AllAccessDisabled", "InvalidAccessKeyId", "NoSuchBucket", "SignatureDoesNotMatch", "403"}
_FULL = {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "507"}


class S3Store:
    """An `ObjectStore` in a bucket, under a prefix. Safe to share between threads.

    Credentials, region and the endpoint come from the standard AWS variables and files; `endpoint_url` goes before
    `AWS_ENDPOINT_URL`. Requests are tried again when that is safe; conditional writes are sent once, because boto3
    would take its own success behind a lost reply for another's.
    """

    def __init__(self, bucket: str, prefix: str = "", *, endpoint_url: str | None = None) -> None:
        self.bucket = bucket
        self._prefix = f"{check_prefix(prefix)}/" if prefix else ""
        # A session of its own: boto3's default one is not safe to make clients from in several threads.
        session = boto3.session.Session()
        self._client = session.client("s3", endpoint_url=endpoint_url, config=_config(attempts=3))
        self._once = session.client("s3", endpoint_url=endpoint_url, config=_config(attempts=1))

    def __repr__(self) -> str:
        return f"S3Store('s3://{self.bucket}/{self._prefix}')"

    def get(self, key: str) -> tuple[bytes, ObjectInfo]:
        with self._faults(key):
            answer = self._client.get_object(Bucket=self.bucket, Key=self._key(key))
            # Closed by `closing`: as a context manager of its own, a body hands out a stream that compares no checksum.
            with closing(answer["Body"]) as stream:
                return stream.read(), _info(key, answer["ContentLength"], answer["ETag"], answer["LastModified"])

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> BinaryIO:
        if length == 0:
            self.head(key)
            return BytesIO()
        # The whole object is asked for without a range, because only then are checksums compared.
        span: dict[str, Any] = {}
        if start or length is not None:
            span["Range"] = f"bytes={start}-{'' if length is None else start + length - 1}"
        try:
            with self._faults(key):
                answer = self._client.get_object(Bucket=self.bucket, Key=self._key(key), **span)
        except _BeyondEnd:
            return BytesIO()
        return reader(answer["Body"], guard=partial(self._faults, key))

    def head(self, key: str) -> ObjectInfo:
        with self._faults(key):
            answer = self._client.head_object(Bucket=self.bucket, Key=self._key(key))
        return _info(key, answer["ContentLength"], answer["ETag"], answer["LastModified"])

    def put(self, key: str, body: bytes | Path, *, if_absent: bool = False, if_match: str | None = None) -> ObjectInfo:
        conditions = _conditions(if_absent=if_absent, if_match=if_match)
        if isinstance(body, bytes):
            return self._put(key, body, len(body), conditions)
        if not conditions:
            with self._faults(key):
                self._client.upload_file(str(body), self.bucket, self._key(key))  # in parts when large
            return self.head(key)
        with body.open("rb") as file:
            return self._put(key, file, body.stat().st_size, conditions)

    def list(self, prefix: str, *, after: str = "", limit: int = 1000) -> list[ObjectInfo]:
        found: list[ObjectInfo] = []
        full, start = self._prefix + check_prefix(prefix), self._prefix + after if after else ""
        while len(found) < limit:
            with self._faults(prefix):
                answer = self._client.list_objects_v2(
                    Bucket=self.bucket, Prefix=full, StartAfter=start, MaxKeys=min(limit - len(found), 1000)
                )
            for entry in answer.get("Contents", []):
                start = entry["Key"]
                found.append(_info(start.removeprefix(self._prefix), entry["Size"], "", entry["LastModified"]))
            if not answer["IsTruncated"]:
                break
        return found

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        conditions = _conditions(if_match=if_match)
        client = self._once if conditions else self._client
        with self._faults(key, conditional=bool(conditions)):
            client.delete_object(Bucket=self.bucket, Key=self._key(key), **conditions)

    def _put(self, key: str, body: bytes | BinaryIO, size: int, conditions: dict[str, Any]) -> ObjectInfo:
        client = self._once if conditions else self._client
        with self._faults(key, conditional=bool(conditions)):
            answer = client.put_object(Bucket=self.bucket, Key=self._key(key), Body=body, **conditions)
        written = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        return _info(key, size, answer["ETag"], written)

    def _key(self, key: str) -> str:
        return self._prefix + check_key(key)

    @contextmanager
    def _faults(self, key: str, *, conditional: bool = False) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise _meaning(error, f"{self!r} {key}", conditional=conditional) from error
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise StoreRefused(f"{self!r}: {error}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY") from error
        except (BotoCoreError, Boto3Error) as error:
            raise StoreUnavailable(f"{self!r} {key}: {error}") from error


class _BeyondEnd(RegistryError):
    """A range that begins where the object has ended."""


def _config(*, attempts: int) -> Config:
    return Config(
        connect_timeout=3,
        read_timeout=20,
        max_pool_connections=32,
        retries={"mode": "standard", "total_max_attempts": attempts},
        s3={"addressing_style": "path"},  # servers other than Amazon's seldom have a name for each bucket
    )


def _conditions(*, if_absent: bool = False, if_match: str | None = None) -> dict[str, Any]:
    if if_absent:
        return {"IfNoneMatch": "*"}
    return {} if if_match is None else {"IfMatch": f'"{if_match}"'}


def _info(key: str, size: int, etag: str, modified: datetime) -> ObjectInfo:
    return ObjectInfo(key, size, etag.strip('"'), modified)


def _meaning(error: ClientError, what: str, *, conditional: bool) -> RegistryError:
    """A server's answer as one of our errors: servers differ in the status, so the code goes first."""
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _REFUSALS:
        return StoreRefused(f"{what}: {error}")
    if code in _FULL:
        return StoreFull(f"{what}: no room is left: {error}")
    # A conditional write to a missing key is 404 for some servers and 412 for others; 409 is a race.
    if conditional and status in (404, 409, 412):
        return PreconditionFailed(f"{what}: the object exists, or is not the one that was read")
    if status == 404:  # noqa: PLR2004
        return NotFound(f"no object {what}")
    if status == 416:  # noqa: PLR2004
        return _BeyondEnd(what)
    return StoreUnavailable(f"{what}: {error}")
