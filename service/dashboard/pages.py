"""The pages and what they show. They read, and cancel a run; the rest is the API's."""

from typing import Final

from flask import Flask, Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.context import Context
from service.dashboard import views
from service.dashboard.frame import EXTENSION, PAGE, asked, dashboard, demand, doorway, list_page, page
from service.dashboard.session import Sessions
from service.firststart import server_secret
from service.report.page import POLICY, overview
from service.usecases import datasets as dataset_cases
from service.usecases import models as model_cases
from service.usecases import runs as run_cases
from service.usecases.reports import report_page

_SHOWN: Final = 20
"""Trials of the leaderboard, and of those made last."""


def install(app: Flask, context: Context) -> None:
    """Add the dashboard to an application."""
    app.extensions[EXTENSION] = (context, Sessions(context.keys, server_secret(context.settings)))
    app.register_blueprint(dashboard)


@dashboard.get("/sign-in")
def sign_in() -> str:
    return page("sign_in.html", refused=None)


@dashboard.post("/sign-in")
def check_key() -> AnyResponse | tuple[str, int]:
    context, sessions = doorway()
    key = context.keys.authenticate(request.form.get("key", "").strip())
    if key is None:
        return page("sign_in.html", refused="No such key, or it was revoked."), 401
    response = redirect(url_for("dashboard.runs"), 303)
    sessions.start(response, request, key)
    return response


@dashboard.post("/sign-out")
def sign_out() -> AnyResponse:
    response = redirect(url_for("dashboard.sign_in"), 303)
    doorway()[1].end(response)
    return response


@dashboard.get("/")
def home() -> AnyResponse:
    return redirect(url_for("dashboard.runs"), 303)


@dashboard.get("/runs")
def runs() -> str:
    found = run_cases.list_runs(*asked(), after=request.args.get("cursor"), limit=PAGE)
    return list_page("runs.html", found, found[-1].id if found else None)


@dashboard.get("/runs/<run_id>")
def run(run_id: str) -> str:
    context, project = asked()
    found = run_cases.get_run(context, project, run_id)
    report = run_cases.run_report(context, project, run_id) if found.model_version else None
    return page(
        "run.html",
        run=found,
        leaderboard=run_cases.leaderboard(context, project, run_id, limit=_SHOWN),
        latest=run_cases.list_trials(context, project, run_id, after=found.trials - 1 - _SHOWN, limit=_SHOWN)[::-1],
        report=report,
        plots=overview(report) if report else [],
    )


@dashboard.post("/runs/<run_id>/cancel")
def cancel(run_id: str) -> AnyResponse:
    demand("train")
    run_cases.cancel_run(*asked(), run_id)
    return redirect(url_for("dashboard.run", run_id=run_id), 303)


@dashboard.get("/runs/<run_id>/report")
def report(run_id: str) -> Response:
    context, project = asked()
    version = run_cases.best_version(context, project, run_id)
    response = make_response(report_page(version, run_cases.version_report(context, project, version)))
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-ancestors 'none'"
    return response


@dashboard.get("/models")
def models() -> str:
    context, project = asked()
    found = model_cases.list_models(context, project, after=request.args.get("cursor"), limit=PAGE)
    items = [{"name": model.name, "aliases": model_cases.list_aliases(context, project, model.name)} for model in found]
    return list_page("models.html", items, found[-1].name if found else None)


@dashboard.get("/models/<model>")
def model(model: str) -> str:
    context, project = asked()
    after = request.args.get("cursor", type=int)
    versions = model_cases.list_versions(context, project, model, after=after, limit=PAGE)
    aliases = model_cases.list_aliases(context, project, model)
    items = [views.version_view(version, aliases) for version in versions]
    return list_page("model.html", items, versions[-1].number if versions else None, name=model)


@dashboard.get("/datasets")
def datasets() -> str:
    found = dataset_cases.list_datasets(*asked(), after=request.args.get("cursor"), limit=PAGE)
    items = [views.dataset_view(dataset) for dataset in found]
    return list_page("datasets.html", items, found[-1].id if found else None)


@dashboard.get("/datasets/<dataset_id>")
def dataset(dataset_id: str) -> str:
    found = dataset_cases.get_dataset(*asked(), dataset_id)
    return page("dataset.html", dataset=views.dataset_view(found))
