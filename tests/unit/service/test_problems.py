import errno

import pytest
from werkzeug.exceptions import Conflict as WerkzeugConflict
from werkzeug.exceptions import MethodNotAllowed

from automl import errors as automl
from registry import errors as registry
from service.api.problems import InvalidParameters, refusal_of
from service.errors import Missing, TooMany


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (automl.UnsupportedFormat("unsupported-media-type", "…"), 415, "unsupported-media-type"),
        (automl.TooLarge("too-large", "…"), 413, "too-large"),
        (automl.InvalidData("ragged-row", "…"), 422, "ragged-row"),
        (automl.InvalidRequest("one-class", "…"), 422, "one-class"),
        (automl.TooManyRows("too-many-rows", "…"), 413, "too-many-rows"),
        (automl.InvalidRows("missing-column", "…"), 422, "missing-column"),
        (automl.InvalidBundle("invalid-bundle", "…"), 500, "damaged-object"),
        (registry.NotFound("…"), 404, "not-found"),
        (registry.PreconditionFailed("…"), 412, "stale"),
        (registry.InvalidName("…"), 422, "invalid-name"),
        (registry.Corrupt("…"), 500, "damaged-object"),
        (registry.StoreUnavailable("…"), 503, "store-unavailable"),
        (registry.StoreFull("…"), 507, "disk-full"),
        (Missing("not-found", "…"), 404, "not-found"),
        (MethodNotAllowed(["GET"]), 405, "method-not-allowed"),
        (WerkzeugConflict(), 409, "bad-request"),
        (OSError(errno.ENOSPC, "full"), 507, "disk-full"),
        (OSError(errno.EIO, "broken"), 500, "internal-error"),
        (ZeroDivisionError("secret"), 500, "internal-error"),
    ],
)
def test_what_an_error_becomes(error: Exception, status: int, code: str) -> None:
    refusal = refusal_of(error)
    assert (refusal.status, refusal.code) == (status, code)
    assert b"secret" not in refusal.body("id")


def test_places() -> None:
    faults = [
        automl.Fault("a", row=1, column="x"),
        automl.Fault("b", line=7),
        automl.Fault("c", field=("budget", "a/b~c", 0)),
    ]
    told = refusal_of(automl.InvalidData("ragged-row", "…", faults)).faults
    assert [fault.model_dump(exclude_none=True) for fault in told] == [
        {"detail": "a", "row": 1, "column": "x"},
        {"detail": "b", "line": 7},
        {"detail": "c", "pointer": "/budget/a~1b~0c/0"},
    ]


def test_a_parameter_is_no_pointer() -> None:
    error = InvalidParameters("invalid-parameter", "…", faults=[automl.Fault("a", field=("limit",))])
    assert refusal_of(error).faults[0].parameter == "limit"


def test_headers_go_along() -> None:
    assert refusal_of(TooMany("queue-full", "…", headers={"Retry-After": "30"})).headers == {"Retry-After": "30"}
    assert refusal_of(registry.StoreUnavailable("…")).headers["Retry-After"]
    assert refusal_of(MethodNotAllowed(["GET"])).headers["Allow"] == "GET"
