"""The Flask application: every operation of the table, the dashboard, and what holds for all requests."""

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

from service import dashboard
from service.api.calls import Parts
from service.api.cursors import Cursors
from service.api.dispatch import add_operation
from service.api.guard import guard
from service.api.openapi import text
from service.api.problems import MEDIA_TYPE, refusal_of
from service.api.streams import Streams
from service.api.table import OPERATIONS
from service.context import Context
from service.firststart import server_secret
from service.logs import FIELDS, request_id
from service.usecases.predictions import Predictors
from service.usecases.scratch import sweep_scratch

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_app(context: Context) -> Flask:
    """The application over an open context. Call it once in each process that answers."""
    sweep_scratch(context)
    app = Flask("service", static_folder=None)
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    parts = Parts(
        context=context,
        cursors=Cursors(server_secret(context.settings)),
        predictors=Predictors(context),
        streams=Streams(context.settings.max_streams),
        contract=text().encode(),
    )
    _add_manners(app, context)
    for operation in OPERATIONS:
        add_operation(app, operation, parts)
    dashboard.install(app, context)
    return app


def _add_manners(app: Flask, context: Context) -> None:
    """What every request meets, whatever it asks for: an id, the guard, problems, headers, a line in the log."""
    hosts = context.settings.hosts()

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        request_id.set(given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8))
        guard(request, hosts)

    @app.errorhandler(Exception)
    def _refuse(error: Exception) -> Response:
        refusal = refusal_of(error)
        body = refusal.body(request_id.get() or "")
        return Response(body, refusal.status, dict(refusal.headers), content_type=MEDIA_TYPE)

    @app.after_request
    def _end(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = request_id.get() or ""
        log.info("answered", extra={FIELDS: _facts(response)})
        return response

    @app.teardown_request
    def _forget(_error: BaseException | None) -> None:
        request_id.set(None)  # the thread goes on, and what it logs next is not of this request


def _facts(response: Response) -> dict[str, object]:
    """What the log says of an answer: neither query string nor headers, which may hold secrets."""
    return {
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1),
        "bytes": response.content_length,
    }
