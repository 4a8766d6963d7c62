"""The dashboard through Flask's client, on a real data directory, with names that mean harm."""

import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from threading import Event
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from automl.bundles.decisionfile import decision_to_json
from automl.decisions.decision import Decision
from automl.types import Trial
from service.context import Context, open_context
from service.dashboard import install
from service.jobs.worker import Worker
from service.settings import Settings
from service.usecases.datasets import Upload, upload_dataset
from service.usecases.runs import create_run

NAME = "<img src=x onerror=alert(1)>"
COLUMN = "<script>alert(2)</script>"
TARGET = "y'\"{{7*7}}"
ORIGIN = {"Origin": "http://localhost"}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    directory = tmp_path_factory.mktemp("dashboard")
    with open_context(Settings(data=directory / "data", lease_s=3600)) as context:
        yield context


@pytest.fixture(scope="module")
def run_id(context: Context, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("upload") / "table.csv"
    lines = [f"{i % 7},{'u' if (i * 7) % 5 < 2 else '<b>v</b>'}" for i in range(200)]
    path.write_text("\n".join([f'"{COLUMN}","{TARGET.replace(chr(34), chr(34) * 2)}"', *lines]))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    dataset, _ = upload_dataset(context, "default", Upload(path, "text/csv", digest, None), NAME)
    run = create_run(context, "default", request_for(dataset.id, model="hostile"))
    Worker(context, "worker", Event()).run_one()
    return run.id


def request_for(dataset: str, **more: Any) -> dict[str, Any]:
    parts = {"budget": {"timeout_s": 30.0, "max_trials": 1}, "search": {"algorithm": "tpe", "warm_start": "none"}}
    absent = dict.fromkeys(("model", "task", "metric", "positive"))
    return {
        "dataset": dataset,
        "target": TARGET,
        **absent,
        **parts,
        "split": {"holdout": 0.2, "folds": None},
        "seed": 0,
    } | more


@pytest.fixture
def client(context: Context) -> FlaskClient:
    app = Flask("dashboard-under-test")
    install(app, context)
    return app.test_client()


@pytest.fixture
def key(context: Context) -> str:
    return (context.settings.data / "api-key").read_text().strip()


@pytest.fixture
def signed_in(client: FlaskClient, key: str) -> FlaskClient:
    assert sign_in(client, key).status_code == 303
    return client


def sign_in(client: FlaskClient, key: str, **more: Any) -> TestResponse:
    return client.post("/dashboard/sign-in", data={"key": key}, headers=ORIGIN, **more)


class Elements(HTMLParser):
    """Every element with its attributes, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_nobody_sees_anything_without_a_key(client: FlaskClient, run_id: str) -> None:
    rules = [rule for rule in client.application.url_map.iter_rules() if str(rule).startswith("/dashboard")]
    public = {"dashboard.sign_in", "dashboard.check_key", "dashboard.static"}
    for rule in rules:
        if rule.endpoint in public:
            continue
        path = re.sub("<.*?>", run_id, str(rule))
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.open(path, method=method, headers=ORIGIN)
        assert (answer.status_code, answer.location) == (303, "/dashboard/sign-in"), path
    assert len(rules) > len(public)


def test_signing_in_and_out(client: FlaskClient, key: str) -> None:
    assert sign_in(client, "wn_0123456789abcdef." + "x" * 43).status_code == 401
    answer = sign_in(client, f" {key}\n")
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/dashboard"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert key.partition(".")[2] not in cookie
    assert client.get("/dashboard/runs").status_code == 200
    client.post("/dashboard/sign-out", headers=ORIGIN)
    assert client.get("/dashboard/runs").status_code == 303


def test_over_https_the_cookie_stays_there(client: FlaskClient, key: str) -> None:
    answer = client.post("/dashboard/sign-in", data={"key": key}, headers={"Origin": "https://localhost"})
    assert "; Secure;" in answer.headers["Set-Cookie"]


def test_a_forged_or_a_revoked_session_is_none(client: FlaskClient, context: Context) -> None:
    record, plaintext = context.keys.create("default", "for a day", ["read"])
    cookie = sign_in(client, plaintext).headers["Set-Cookie"].split(";")[0].partition("=")[2]
    # Not the last letter, some of whose bits say nothing.
    client.set_cookie(
        "winnow_session", f"{cookie[:-2]}{'A' if cookie[-2] != 'A' else 'B'}{cookie[-1]}", path="/dashboard"
    )
    assert client.get("/dashboard/runs").status_code == 303
    client.set_cookie("winnow_session", cookie, path="/dashboard")
    assert client.get("/dashboard/runs").status_code == 200
    context.keys.revoke("default", record.id)
    assert client.get("/dashboard/runs").status_code == 303


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://localhost.evil.example", "http://localhost:81", "http://["]
)
def test_a_form_of_another_site_does_nothing(signed_in: FlaskClient, run_id: str, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    for path in ("/dashboard/sign-in", "/dashboard/sign-out", f"/dashboard/runs/{run_id}/cancel"):
        assert signed_in.post(path, headers=headers).status_code == 403
    assert signed_in.get("/dashboard/runs").status_code == 200


def test_another_project_sees_nothing_of_this_one(client: FlaskClient, context: Context, run_id: str) -> None:
    sign_in(client, context.keys.create("other", "theirs", ["read"])[1])
    for path in ("models", "datasets", "runs"):
        assert "hostile" not in client.get(f"/dashboard/{path}").text
    for path in (f"runs/{run_id}", f"runs/{run_id}/report", "models/hostile"):
        assert client.get(f"/dashboard/{path}").status_code == 404


def test_the_whole_report_is_a_page_under_a_policy_of_its_own(signed_in: FlaskClient, run_id: str) -> None:
    answer = signed_in.get(f"/dashboard/runs/{run_id}/report")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "style-src 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert COLUMN not in answer.text
    assert "&lt;script&gt;alert(2)&lt;/script&gt;" in answer.text
    assert f"/dashboard/runs/{run_id}/report" in signed_in.get(f"/dashboard/runs/{run_id}").text


def test_what_puts_the_figures_in_doubt_stands_beside_the_verdict(signed_in: FlaskClient, run_id: str) -> None:
    page = signed_in.get(f"/dashboard/runs/{run_id}").text
    assert "Before you trust it" in page
    assert re.search(r"\d+ rows are exact copies", page)


def test_a_key_without_the_scope_may_not(client: FlaskClient, context: Context, run_id: str) -> None:
    sign_in(client, context.keys.create("default", "trains", ["train"])[1])
    assert client.get("/dashboard/runs").status_code == 403
    sign_in(client, context.keys.create("default", "reads", ["read"])[1])
    assert client.get(f"/dashboard/runs/{run_id}").status_code == 200
    assert client.post(f"/dashboard/runs/{run_id}/cancel", headers=ORIGIN).status_code == 403


def test_hostile_names_are_text_and_nothing_is_inline(signed_in: FlaskClient, run_id: str) -> None:
    dataset_page = re.search(r'href="(/dashboard/datasets/ds_\w+)"', signed_in.get("/dashboard/datasets").text)
    assert dataset_page
    pages = ["runs", f"runs/{run_id}", "models", "models/hostile", "datasets"]
    shown = ""
    for path in [dataset_page[1], *(f"/dashboard/{page}" for page in pages)]:
        answer = signed_in.get(path)
        assert answer.status_code == 200, path
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
        shown += answer.text
        for tag, attributes in Elements(answer.text).found:
            assert not any(name.startswith("on") or name == "style" for name in attributes), (path, tag)
            assert tag not in ("style", "b"), path
            assert tag not in ("script", "img") or (attributes["src"] or "").startswith("/dashboard/"), path
    for name in (NAME, COLUMN, "<b>v</b>"):
        assert name.replace("<", "&lt;").replace(">", "&gt;") in shown
    assert "49" not in re.findall(r"y&#39;&#34;(\S*?)</", shown)


def test_a_run_shows_what_it_found(signed_in: FlaskClient, context: Context, run_id: str) -> None:
    page = signed_in.get(f"/dashboard/runs/{run_id}").text
    assert 'data-live="off"' in page
    for word in (
        "Verdict",
        "Leaderboard",
        "Latest trials",
        "What it costs to serve",
        "Confusion matrix",
        "hostile:1",
        "default lightgbm",
    ):
        assert word in page
    for title in ("Precision and recall", "Learning rate"):
        assert re.search(rf"<h2>{title}</h2>\s*<svg[^>]* class=\"plot\"", page)


def test_a_run_says_that_its_model_calls_labels_otherwise_now(
    signed_in: FlaskClient, context: Context, run_id: str
) -> None:
    pages = (f"/dashboard/runs/{run_id}", f"/dashboard/runs/{run_id}/report")
    told = "The rule has been changed since"
    assert not any(told in signed_in.get(page).text for page in pages)
    decisions = context.registry_for("default").decisions
    decisions.set("hostile", 1, decision_to_json(Decision(threshold=0.01)), by="test")
    assert all(told in signed_in.get(page).text for page in pages)
    decisions.set("hostile", 1, None, by="test")
    assert not any(told in signed_in.get(page).text for page in pages)


def test_trials_explain_themselves(signed_in: FlaskClient, context: Context, run_id: str) -> None:
    run = context.runs.get("default", run_id)
    assert run
    queued = create_run(context, "default", request_for(run.dataset))
    claim = context.queue.claim("worker")
    assert claim
    assert claim.run.id == queued.id
    bred = Trial(
        number=0, state="stopped", params={"num_leaves": 7}, score=0.5, fold_scores=(0.5,), rounds=(40,), seconds=1.5,
        proposer="genetic", detail="clearly behind the best trial", share=0.25, parents=(2, 3), generation=4,
    )  # fmt: skip
    context.queue.record_trial(claim, bred, 2.0)
    page = " ".join(re.sub("<.*?>", " ", signed_in.get(f"/dashboard/runs/{queued.id}").text).split())
    assert "genetic generation 4 from 2, 3 25 % 1 40 1.5 stopped clearly behind the best trial num_leaves=7" in page
    context.queue.finish(claim, "failed", error={"code": "internal", "detail": "a test"}, elapsed_s=2.0)


def test_a_run_on_its_way_can_be_stopped(signed_in: FlaskClient, context: Context, run_id: str) -> None:
    done = context.runs.get("default", run_id)
    assert done
    queued = create_run(context, "default", request_for(done.dataset))
    page = signed_in.get(f"/dashboard/runs/{queued.id}").text
    assert 'data-live="on"' in page
    assert "Stop and keep the best" in page
    assert "30 of 30 s left" in page
    assert "1 of 1 trials left" in page
    assert signed_in.post(f"/dashboard/runs/{queued.id}/cancel", headers=ORIGIN).status_code == 303
    assert 'data-live="off"' in signed_in.get(f"/dashboard/runs/{queued.id}").text


def test_what_is_not_there_is_404_and_readable(signed_in: FlaskClient) -> None:
    for path in ("runs/run_0", "models/none", "datasets/ds_0", "models/%3Cscript%3E"):
        answer = signed_in.get(f"/dashboard/{path}")
        assert (answer.status_code, answer.mimetype) == (404, "text/html")
        assert "There is no such" in answer.text
