"""From an operation to what Flask calls: authorise, read, handle once, answer."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Request, Response, request

from service.api.auth import authorise
from service.api.calls import Call, Parts, Reply
from service.api.inputs import check_body, is_json, read_json, read_query
from service.api.once import fingerprint, once, read_key
from service.api.operations import Operation
from service.api.uploads import receive_table
from service.store import KeyRecord
from service.usecases.scratch import scratch

ANYBODY = KeyRecord(id="", project="", name="anybody", scopes=(), created_at=datetime.fromtimestamp(0, UTC))


def add_operation(app: Flask, operation: Operation, parts: Parts) -> None:
    """Route an operation."""
    app.add_url_rule(
        operation.rule, endpoint=operation.id, view_func=_view(operation, parts), methods=[operation.method]
    )


def _view(operation: Operation, parts: Parts) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        key = authorise(parts.context, request, operation.access)
        arguments: dict[str, Any] = dict(path)
        if operation.query:
            arguments["query"] = read_query(request, operation.query)
        else:
            read_query(request, None)
        with ExitStack() as stack:
            call, content = _receive(operation, parts, key or ANYBODY, arguments, stack)
            return to_response(_handle(operation, call, arguments, content), request)

    return view


def _receive(
    operation: Operation, parts: Parts, key: KeyRecord, arguments: dict[str, Any], stack: ExitStack
) -> tuple[Call, bytes]:
    """The call with its body read, and what stands for that body where requests are compared."""
    settings = parts.context.settings
    if operation.body and (is_json(request) or not operation.tables):
        value, raw = read_json(request, settings.max_json_bytes, optional=operation.body_optional)
        arguments["body"] = check_body(value, operation.body)
        return Call(parts, request, key), raw
    if operation.tables:
        directory = stack.enter_context(scratch(parts.context))
        table = receive_table(request, directory, settings.max_upload_bytes, multipart=operation.multipart)
        content = f"{table.media_type}\n{table.sha256}\n{table.name}".encode()
        return Call(parts, request, key, table), content
    return Call(parts, request, key), b""


def _handle(operation: Operation, call: Call, arguments: Mapping[str, Any], content: bytes) -> Reply:
    def do() -> Reply:
        answer: Reply = operation.handler(call, **arguments)
        return answer

    idem_key = read_key(call.request) if operation.method == "POST" else None
    if idem_key is None or not operation.keeps_answers:
        return do()
    return once(call.context.idempotency, call.key.id, idem_key, fingerprint(call.request, content), do)


def to_response(answer: Reply, request: Request) -> Response:
    """The answer as Flask sends it; 304 when a GET has it already."""
    etag = answer.etag
    if etag is None and request.method in ("GET", "HEAD") and answer.status == 200 and isinstance(answer.body, bytes):  # noqa: PLR2004
        etag = hashlib.sha256(answer.body).hexdigest()[:32]
    response = Response(answer.body, answer.status, dict(answer.headers), content_type=answer.media_type)
    if answer.close:
        response.call_on_close(answer.close)
    if etag is not None:
        response.set_etag(etag)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(etag):
            response.status_code, response.response = 304, []
    return response
