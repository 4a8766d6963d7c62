"""What all pages have in common: who may see them, their frame, and the headers that keep hostile names harmless."""

from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from registry.errors import RegistryError
from service.context import Context
from service.dashboard import views
from service.dashboard.session import Sessions, from_own_page
from service.errors import Forbidden, ServiceError, Unavailable
from service.store import Scope

EXTENSION = "winnow-dashboard"
PAGE = 50
_PUBLIC = frozenset({"dashboard.sign_in", "dashboard.check_key", "dashboard.static"})
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

dashboard = Blueprint(
    "dashboard", __name__, url_prefix="/dashboard", template_folder="templates", static_folder="static"
)
dashboard.add_app_template_filter(views.figure, "figure")
dashboard.add_app_template_filter(views.score, "score")


def doorway() -> tuple[Context, Sessions]:
    """The service's parts, and who is signed in."""
    parts: tuple[Context, Sessions] = current_app.extensions[EXTENSION]
    return parts


def asked() -> tuple[Context, str]:
    """The service's parts, and the project whose things may be shown."""
    return doorway()[0], g.key.project


@dashboard.before_request
def _let_in() -> AnyResponse | None:
    g.key = None
    if request.method not in ("GET", "HEAD", "OPTIONS") and not from_own_page(request):
        raise Forbidden("foreign-origin", "This form was not sent from a page of this service.")
    if request.endpoint in _PUBLIC:
        return None
    g.key = doorway()[1].who(request)
    if g.key is None:
        return redirect(url_for("dashboard.sign_in"), 303)
    demand("read")
    return None


def demand(scope: Scope) -> None:
    """Refuse whoever signed in with a key without this scope."""
    if scope not in g.key.scopes:
        raise Forbidden("missing-scope", f"The key that you signed in with lacks the scope `{scope}`.")


@dashboard.after_request
def _harden(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "dashboard.static":
        response.headers["Cache-Control"] = "no-store"
    return response


@dashboard.errorhandler(ServiceError)
def _refuse(error: ServiceError) -> tuple[str, int, dict[str, str]]:
    title = error.code.replace("-", " ").capitalize()
    return page("problem.html", title=title, detail=error.detail), error.status, error.headers


@dashboard.errorhandler(RegistryError)
def _unavailable(_error: RegistryError) -> tuple[str, int, dict[str, str]]:
    return _refuse(Unavailable("store-unavailable", "The object store does not answer. Try again in a moment."))


def page(template: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
    """A page for whoever is signed in."""
    return render_template(template, key=g.get("key"), **values)


def list_page(template: str, items: list[Any], cursor: object, **values: Any) -> str:  # noqa: ANN401
    """A page of a list; `cursor` leads to the next one if this one is full."""
    return page(template, items=items, next_cursor=cursor if len(items) == PAGE else None, **values)
