"""The contract is what the code does: generated from it, whole, and nothing is served beside it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from service.api import openapi
from service.api.headers import REQUEST
from service.api.slugs import ANYWHERE, problems_of, status_of
from service.api.table import OPERATIONS
from tests.servers.api import Api
from tests.servers.contract import CONTRACT

ROOT = Path(__file__).parents[2]
_ERRORS = {  # and the helpers that raise them
    "InvalidData",
    "UnsupportedFormat",
    "TooLarge",
    "InvalidRequest",
    "InvalidRows",
    "TooManyRows",
    "BadRequest",
    "Unauthorized",
    "Forbidden",
    "Missing",
    "Conflict",
    "Stale",
    "UnsupportedMedia",
    "Invalid",
    "InvalidParameters",
    "PreconditionMissing",
    "TooMany",
    "Unavailable",
    "StorageFull",
    "Misdirected",
    "NotAcceptable",
    "NoSuchRange",
    "_refusal",
    "_refuse_if",
    "_fail",
}


def test_the_file_is_what_the_code_makes() -> None:
    assert CONTRACT.read_text() == openapi.text(), "run `make openapi`"


def test_the_file_is_valid_openapi() -> None:
    validate(openapi.document())


def test_every_route_is_an_operation_or_a_page_of_the_dashboard(api: Api) -> None:
    routed = {
        (rule.rule, method)
        for rule in api.app.url_map.iter_rules()
        if not rule.endpoint.startswith("dashboard.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routed == {(operation.rule, operation.method) for operation in OPERATIONS}


def test_every_page_of_the_dashboard_lies_under_its_own_path(api: Api) -> None:
    pages = [rule.rule for rule in api.app.url_map.iter_rules() if rule.endpoint.startswith("dashboard.")]
    assert pages
    assert all(page.startswith("/dashboard/") for page in pages)


def test_operation_ids_are_one_of_a_kind() -> None:
    ids = [operation.id for operation in OPERATIONS]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_operation_is_described(operation: openapi.Operation) -> None:
    assert operation.summary
    assert all(status_of(slug) >= 400 for slug in operation.problems)
    assert set(operation.headers) <= set(REQUEST)
    linked = {link.operation for answer in operation.answers.values() for link in answer.links}
    assert linked <= {other.id for other in OPERATIONS}


def test_every_problem_is_explained() -> None:
    page = (ROOT / "docs" / "problems.md").read_text()
    explained = {line.split("`")[1]: int(line.split("|")[2]) for line in page.splitlines() if line.startswith("| `")}
    known = {slug: status_of(slug) for slug in ANYWHERE}
    for operation in OPERATIONS:
        known |= {slug: status for status, slugs in problems_of(operation).items() for slug in slugs}
    assert explained == known


_NEVER_ANSWERED = {
    "unknown-key",  # of the command line
}


def test_every_problem_that_the_code_raises_is_known() -> None:
    page = (ROOT / "docs" / "problems.md").read_text()
    raised = {slug for package in ("automl", "service") for slug in _raised(ROOT / package)}
    assert len(raised) > 40
    assert {slug for slug in raised if f"`{slug}`" not in page} == _NEVER_ANSWERED


def _raised(package: Path) -> Iterator[str]:
    """The slugs that stand as the first argument of an error, in the source."""
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in _ERRORS:
                yield from (
                    argument.value
                    for argument in node.args[:2]
                    if isinstance(argument, ast.Constant) and _is_slug(argument.value)
                )


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_slug(value: object) -> bool:
    return isinstance(value, str) and value.replace("-", "").isalnum() and value.islower()
