"""Errors as RFC 9457 problems: the one place where what went wrong becomes a status."""

import errno
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.exceptions import HTTPException

from automl import errors as automl
from registry import errors as registry
from service.api.schemas.common import Fault, Problem
from service.errors import Invalid, ServiceError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_SHOWN = 500
_BY_CONVENTION = {404: "no-such-route", 405: "method-not-allowed", 413: "too-large", 416: "range-not-satisfiable"}

_KINDS: Mapping[type[Exception], tuple[int, str | None]] = {
    # The first that fits; None is the error's own code.
    automl.UnsupportedFormat: (415, None),
    automl.TooLarge: (413, None),
    automl.TooManyRows: (413, None),
    automl.InvalidBundle: (500, "damaged-object"),
    automl.InvalidData: (422, None),
    automl.InvalidRequest: (422, None),
    automl.InvalidRows: (422, None),
    registry.NotFound: (404, "not-found"),
    registry.PreconditionFailed: (412, "stale"),
    registry.InvalidName: (422, "invalid-name"),
    registry.Corrupt: (500, "damaged-object"),
    registry.StoreFull: (507, "disk-full"),
    registry.StoreUnavailable: (503, "store-unavailable"),
}
_SAID = {
    "damaged-object": "What is stored does not have the digest that it was stored under, so it is not used.",
    "store-unavailable": "The object store does not answer now. Try again in a moment.",
    "disk-full": "There is no room left to store this. Free some, then try again.",
    "internal-error": "Something failed that should not. It was logged under this request's id.",
}


class InvalidParameters(Invalid):
    """The query string is wrong; the faults' fields are names of parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is answered instead of what was asked for."""

    status: int
    code: str
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, request_id: str) -> bytes:
        """The problem's JSON."""
        problem = Problem(
            type=f"/problems/{self.code}",
            title=title(self.code),
            status=self.status,
            detail=self.detail,
            errors=list(self.faults),
            request_id=request_id,
        )
        return problem.model_dump_json(exclude_none=True).encode()


def title(code: str) -> str:
    """A problem's short name for people: the slug as words."""
    return code.replace("-", " ").capitalize()


def refusal_of(error: Exception) -> Refusal:
    """What to answer for an error; one that nobody foresaw is logged with its trace, and tells nothing outside."""
    match error:
        case ServiceError():
            if error.status >= 500:  # noqa: PLR2004
                log.warning("refused: %s", error.detail)
            faults = _faults(error.faults, in_query=isinstance(error, InvalidParameters))
            return Refusal(
                status=error.status, code=error.code, detail=error.detail, faults=faults, headers=error.headers
            )
        case HTTPException(code=int(status)) if status < 500:  # noqa: PLR2004
            return Refusal(
                status=status,
                code=_BY_CONVENTION.get(status, "bad-request"),
                detail=error.description or "The request cannot be answered.",
                headers={name: value for name, value in error.get_headers() if name != "Content-Type"},
            )
        case OSError(errno=number) if number in _DISK_FULL:
            return Refusal(status=507, code="disk-full", detail=_SAID["disk-full"])
    return _foreseen(error) or _unforeseen(error)


def _foreseen(error: Exception) -> Refusal | None:
    kind = next((kind for kind in _KINDS if isinstance(error, kind)), None)
    if kind is None:
        return None
    status, fixed = _KINDS[kind]
    code = fixed or str(getattr(error, "code", "bad-request"))
    if status >= 500:  # noqa: PLR2004
        log.warning("%s: %s", code, error)
    return Refusal(
        status=status,
        code=code,
        detail=_SAID.get(code) or str(error)[:_SHOWN],
        faults=_faults(getattr(error, "faults", ())),
        headers={"Retry-After": "2"} if status == 503 else {},  # noqa: PLR2004
    )


def _unforeseen(error: Exception) -> Refusal:
    log.error("unforeseen", exc_info=error)
    return Refusal(status=500, code="internal-error", detail=_SAID["internal-error"])


def _faults(faults: Iterable[automl.Fault], *, in_query: bool = False) -> list[Fault]:
    return [_fault(fault, in_query=in_query) for fault in faults]


def _fault(fault: automl.Fault, *, in_query: bool) -> Fault:
    place: dict[str, str] = {}
    if fault.field is not None:
        place = {"parameter": str(fault.field[0])} if in_query else {"pointer": _pointer(fault.field)}
    return Fault(detail=fault.detail, row=fault.row, line=fault.line, column=fault.column, **place)


def _pointer(path: Sequence[str | int]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
