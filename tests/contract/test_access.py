"""Deny by default: every operation, without a key, with the wrong one, and with another project's."""

import re

import pytest

from service.api.operations import Operation
from service.api.table import OPERATIONS
from service.store import SCOPES
from tests.servers.api import Api, Trained

PUBLIC = {"getHealth", "getReadiness", "getMetrics", "getContract"}
CLOSED = [operation for operation in OPERATIONS if operation.access != "public"]
OF_ONE_THING = [operation for operation in CLOSED if "{" in operation.path]


def by_id(operation: Operation) -> str:
    return operation.id


def filled(operation: Operation, trained: Trained | None = None) -> str:
    names = {"dataset_id": "ds_none", "run_id": "run_none", "model": "none", "version": "1", "alias": "champion"}
    if trained:
        names |= {"dataset_id": trained.dataset, "run_id": trained.run, "model": trained.model}
    return re.sub(r"{(\w+)}", lambda match: names[match[1]], operation.path)


def test_only_these_are_public() -> None:
    assert {operation.id for operation in OPERATIONS if operation.access == "public"} == PUBLIC


@pytest.mark.parametrize("operation", CLOSED, ids=by_id)
def test_nothing_without_a_key(api: Api, operation: Operation) -> None:
    answer = api.client().open(filled(operation), method=operation.method)
    assert (answer.status_code, answer.json["type"]) == (401, "/problems/unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer wn_0123456789abcdef." + "x" * 43, "Basic d246eA==", "Bearer \xff"]
)
def test_no_other_key_will_do(api: Api, header: str) -> None:
    answer = api.client().get("/v1/runs", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_revoked_key_is_no_key(api: Api) -> None:
    record, plaintext = api.context.keys.create("default", "gone", ("read",))
    headers = {"Authorization": f"Bearer {plaintext}"}
    assert api.client().get("/v1/runs", headers=headers).status_code == 200
    api.context.keys.revoke("default", record.id)
    assert api.client().get("/v1/runs", headers=headers).status_code == 401


@pytest.mark.parametrize("operation", CLOSED, ids=by_id)
def test_a_scope_opens_only_what_it_is_for(api: Api, operation: Operation) -> None:
    others = [scope for scope in SCOPES if scope != operation.access]
    answer = api.client(*others).open(filled(operation), method=operation.method)
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/missing-scope")


@pytest.mark.parametrize("operation", OF_ONE_THING, ids=by_id)
def test_what_is_anothers_looks_like_what_is_not(trained: Trained, operation: Operation) -> None:
    stranger = trained.api.client(*SCOPES, project="stranger")
    bodies = {
        "extendRun": {"budget": {}},
        "setAlias": {"version": 1},
        "setThreshold": {"threshold": 0.5},
        "predict": {"rows": [{"color": "red", "size": 1}]},
    }
    answers = [
        stranger.open(path, method=operation.method, json=bodies.get(operation.id), headers={"X-Request-Id": "same"})
        for path in (filled(operation), filled(operation, trained))
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].get_data() == answers[1].get_data()


def test_lists_hold_only_what_is_ones_own(trained: Trained) -> None:
    stranger = trained.api.client(*SCOPES, project="stranger")
    for path in ("/v1/datasets", "/v1/runs", "/v1/models"):
        assert stranger.get(path).json["items"] == []
