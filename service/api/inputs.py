"""A request's query string and JSON body, checked against their models."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from flask import Request
from pydantic import BaseModel, ValidationError

from automl.errors import Fault
from automl.types import Json
from service.api.bodies import read_body
from service.api.operations import JSON
from service.api.problems import InvalidParameters
from service.api.strictjson import MalformedJson, loads
from service.errors import BadRequest, Invalid, UnsupportedMedia

Model = TypeVar("Model", bound=BaseModel)
_MOST_FAULTS = 20


def read_query(request: Request, model: type[Model] | None) -> Model | None:
    """The query string as `model`; where there is none, no parameter is taken. Raises `InvalidParameters`."""
    given = {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}
    if model is None:
        if given:
            faults = [Fault("is not a parameter of this operation", field=(name,)) for name in given]
            raise InvalidParameters("invalid-parameter", "Leave out what is not known here.", faults=faults)
        return None
    return check_query(given, model)


def check_query(given: Mapping[str, Any], model: type[Model]) -> Model:
    """The parameters as `model`. Raises `InvalidParameters`."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise InvalidParameters(
            "invalid-parameter", "The query string is wrong; see `errors`.", faults=_faults(error, given)
        ) from None


def is_json(request: Request) -> bool:
    """Whether the body says that it is JSON."""
    return request.mimetype == JSON


def read_json(request: Request, limit: int, *, optional: bool = False) -> tuple[dict[str, Any], bytes]:
    """The JSON object in the body, and its bytes; `{}` for no body where it is optional.

    Raises:
        UnsupportedMedia: it does not say that it is JSON, or is encoded.
        BadRequest: it is not strictly JSON, or not whole.
        TooLarge: it has more than `limit` bytes.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMedia("unsupported-encoding", "Send JSON as it is, without Content-Encoding.")
    if not is_json(request) and not (optional and not request.mimetype):
        raise UnsupportedMedia("unsupported-media-type", f"Send the body with Content-Type: {JSON}.")
    raw = read_body(request.environ, limit)
    if optional and not raw:
        return {}, raw
    try:
        return loads(raw), raw
    except MalformedJson as error:
        raise BadRequest("malformed-json", str(error)) from None


def check_body(value: Mapping[str, Any], model: type[Model]) -> Model:
    """The JSON object as `model`. Raises `Invalid` with a pointer to each fault."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Invalid("invalid-request", "The body is wrong; see `errors`.", faults=_faults(error, value)) from None


def _faults(error: ValidationError, value: Json) -> list[Fault]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [Fault(fault["msg"], field=tuple(_path(fault["loc"], value))) for fault in found[:_MOST_FAULTS]]


def _path(location: tuple[str | int, ...], value: Json) -> Iterator[str | int]:
    """A location without the parts that only say which of several forms was tried."""
    for place, part in enumerate(location):
        if isinstance(value, list) and isinstance(part, int):
            value = value[part] if part < len(value) else None
        elif isinstance(value, dict) and (part in value or place == len(location) - 1):
            value = value.get(part)
        else:
            continue
        yield part
