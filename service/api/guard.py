"""Only requests that were meant for this host: nothing that a browser was tricked into sending."""

from urllib.parse import urlsplit

from flask import Request

from service.errors import Forbidden, ServiceError

_SAFE = ("GET", "HEAD", "OPTIONS")


class Misdirected(ServiceError):
    """The request names a host that is not this one."""

    status = 421


def guard(request: Request, hosts: frozenset[str]) -> None:
    """Refuse what a browser was tricked into: another name for this address, or a form on another site.

    Raises `Misdirected`, `Forbidden`.
    """
    host = request.environ.get("HTTP_HOST", "")
    if "*" not in hosts and _hostname(host) not in hosts:
        raise Misdirected(
            "unknown-host",
            "The service does not answer to this `Host`. Its operator can add it to WINNOW_ALLOWED_HOSTS.",
        )
    origin = request.headers.get("Origin")
    if origin is not None and request.method not in _SAFE and not _same(origin, host):
        raise Forbidden("foreign-origin", "A page of another site may not do this.")


def _same(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:  # brackets that are no address
        return False


def _hostname(host: str) -> str:
    """A `Host` header without its port, in lower case; an IPv6 address keeps its brackets."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()
