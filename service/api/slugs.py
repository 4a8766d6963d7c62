"""The status that each problem has, and the problems that an operation may answer by what it is."""

from service.api.operations import Operation
from service.api.schemas.common import Page

_STATUS = {
    400: ("bad-request", "malformed-json", "malformed-body", "incomplete-body", "invalid-cursor", "invalid-header"),
    401: ("unauthorized",),
    403: ("missing-scope", "foreign-origin"),
    404: ("not-found", "no-such-route", "no-model-version", "no-earlier-version"),
    405: ("method-not-allowed",),
    406: ("not-acceptable",),
    409: (
        "dataset-in-use",
        "dataset-missing",
        "run-ended",
        "run-failed",
        "run-not-ended",
        "idempotency-in-flight",
    ),
    412: ("stale",),
    413: ("too-large", "too-many-rows"),
    415: ("unsupported-media-type", "unsupported-encoding"),
    416: ("range-not-satisfiable",),
    421: ("unknown-host",),
    428: ("precondition-required",),
    429: ("queue-full", "too-many-streams"),
    500: ("internal-error", "damaged-object"),
    503: ("database-unavailable", "store-unavailable"),
    507: ("disk-full",),
}
_BY_SLUG = {slug: status for status, slugs in _STATUS.items() for slug in slugs}

ANYWHERE = ("no-such-route", "method-not-allowed", "bad-request")
"""What is answered where there is no operation."""


def status_of(slug: str) -> int:
    """The status of a problem: 422, like everything that was read and is wrong, unless it has another."""
    return _BY_SLUG.get(slug, 422)


def problems_of(operation: Operation) -> dict[int, list[str]]:
    """Every problem that an operation may answer, by status."""
    slugs = ["unknown-host", "invalid-parameter", "internal-error", *operation.problems]
    if operation.access != "public":
        slugs += ["unauthorized", "missing-scope", "database-unavailable", "store-unavailable"]
    if operation.method != "GET":
        slugs += ["foreign-origin", "disk-full"]
    if operation.query and issubclass(operation.query, Page):
        slugs += ["invalid-cursor"]
    if operation.body:
        slugs += ["malformed-json", "malformed-body", "incomplete-body", "too-large", "invalid-request"]
        slugs += ["unsupported-media-type", "unsupported-encoding"]
    if operation.method == "POST":
        slugs += ["invalid-header"]
    if operation.keeps_answers:
        slugs += ["idempotency-mismatch", "idempotency-in-flight"]
    grouped: dict[int, list[str]] = {}
    for slug in dict.fromkeys(slugs):
        grouped.setdefault(status_of(slug), []).append(slug)
    return dict(sorted(grouped.items()))
