"""What the service itself refuses, each kind with the HTTP status that it becomes.

ServiceError
├── BadRequest 400            the request cannot be read
├── Unauthorized 401          no key, or none that is known
├── Forbidden 403             a known key without the scope
├── Missing 404               unknown, or another project's
├── Conflict 409              the thing is not in a state that allows this
├── Stale 412                 changed since it was read
├── TooLarge 413              more than one request may hold
├── UnsupportedMedia 415      a content type that nobody reads here
├── Invalid 422               read, and wrong
├── PreconditionMissing 428   `If-Match` is demanded
├── TooMany 429               ask again later
├── Unavailable 503           a part that the service needs does not answer now
└── StorageFull 507           the disk is full

StaleClaim is not an answer: it tells a worker that its run has another owner now.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from automl.errors import Fault


class ServiceError(Exception):
    """Root of the answers that are refusals.

    Attributes:
        status: HTTP status of the answer.
        code: the stable slug of the problem type, such as `queue-full`.
        detail: a sentence that tells a person what to do.
        faults: the places, at most a few.
        headers: to send with the answer, such as `Retry-After`.
    """

    status: ClassVar[int] = 500

    def __init__(
        self, code: str, detail: str, *, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})


class BadRequest(ServiceError):
    """The request cannot be read."""

    status = 400


class Unauthorized(ServiceError):
    """No key, or none that is known."""

    status = 401


class Forbidden(ServiceError):
    """A known key without the scope."""

    status = 403


class Missing(ServiceError):
    """Unknown, or another project's: the two look the same."""

    status = 404


class Conflict(ServiceError):
    """The thing is not in a state that allows this."""

    status = 409


class Stale(ServiceError):
    """Changed since it was read."""

    status = 412


class TooLarge(ServiceError):
    """More than one request may hold."""

    status = 413


class UnsupportedMedia(ServiceError):
    """A content type that nobody reads here."""

    status = 415


class Invalid(ServiceError):
    """Read, and wrong."""

    status = 422


class PreconditionMissing(ServiceError):
    """`If-Match` is demanded."""

    status = 428


class TooMany(ServiceError):
    """Ask again later."""

    status = 429


class Unavailable(ServiceError):
    """A part that the service needs does not answer now."""

    status = 503


class StorageFull(ServiceError):
    """The disk is full."""

    status = 507


class StaleClaim(Exception):
    """The run has another owner now, or has ended: what this worker still wants to write about it is refused."""
