"""openapi.yaml, made from the table of operations: `python -m service.api.openapi` prints it."""

import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from service.api.headers import ANSWER, REQUEST, Header
from service.api.operations import JSON, Answer, Link, Operation
from service.api.problems import MEDIA_TYPE
from service.api.runs import EVENT_STREAM
from service.api.schemas.common import NAME_PATTERN, Problem
from service.api.slugs import problems_of
from service.api.table import GROUPS, OPERATIONS
from service.api.uploads import FORM

Node = dict[str, Any]

_ABOUT = """\
Upload a table, start a run, fetch the winning model or ask it for predictions.

Times are RFC 3339 UTC, durations seconds (`timeout_s`). Unknown fields and parameters are refused. Refusals are
`application/problem+json` (RFC 9457) with a stable `type`; `errors` says where. Lists go on with `cursor`. Send an
`Idempotency-Key` with a POST to make it safe to repeat. Every operation but the public ones needs
`Authorization: Bearer <key>`; what belongs to another project is answered like what does not exist."""

_PATH: Mapping[str, Node] = {
    "dataset_id": {
        "schema": {"type": "string"},
        "description": "Id of a dataset",
        "example": "ds_0c1f9a3b5d7e9f1a2b3c4d5e",
    },
    "run_id": {"schema": {"type": "string"}, "description": "Id of a run", "example": "run_0192f0c5a1b2c3d4e5f60718"},
    "model": {
        "schema": {"type": "string", "pattern": NAME_PATTERN},
        "description": "Name of a model",
        "example": "fraud",
    },
    "version": {"schema": {"type": "string"}, "description": "A number, an alias, or `latest`", "example": "latest"},
    "alias": {
        "schema": {"type": "string", "pattern": NAME_PATTERN},
        "description": "Name of an alias; neither all digits nor `latest`",
        "example": "champion",
    },
}
_TEXT = re.compile(r"text/(csv|tab|plain|html)|json|yaml")


def document() -> Node:
    """The whole contract as plain data."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Winnow", "version": version("winnow"), "description": _ABOUT, "license": _LICENSE},
        "servers": [{"url": "/"}],
        "tags": [{"name": group.tag, "description": group.description} for group in GROUPS],
        "security": [{"key": []}],
        "paths": _paths(OPERATIONS),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key, `wn_…`"}},
            "parameters": {
                **{name: {"name": name, "in": "path", "required": True, **node} for name, node in _PATH.items()},
                **{name: {"name": name, "in": "header", **_header(header)} for name, header in REQUEST.items()},
            },
            "headers": {name: _header(header) for name, header in ANSWER.items()},
            "schemas": _schemas(OPERATIONS),
        },
    }


def text() -> str:
    """The contract as YAML."""
    return yaml.dump(
        document(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None
    )


_LICENSE = {"name": "Apache 2.0", "identifier": "Apache-2.0"}


class _Dumper(yaml.SafeDumper):
    """YAML for people: no anchors, long text in blocks."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base's signature
        """Write everything out."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


class _Plain(GenerateJsonSchema):
    """Without a title for every field, which only repeats its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - the base's signature
        """Never."""
        return False


def _schemas(operations: Iterable[Operation]) -> Node:
    """Every model that operations name, and those inside them."""
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    for operation in operations:
        if operation.body:
            wanted[operation.body, "validation"] = None
        for answer in operation.answers.values():
            if answer.model:
                wanted[answer.model, "serialization"] = None
    wanted[Problem, "serialization"] = None
    _, definitions = models_json_schema(
        list(wanted), ref_template="#/components/schemas/{model}", schema_generator=_Plain
    )
    schemas: Node = definitions["$defs"]
    return {name: {key: value for key, value in schemas[name].items() if key != "title"} for name in sorted(schemas)}


def _paths(operations: Iterable[Operation]) -> Node:
    paths: Node = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return paths


def _operation(operation: Operation) -> Node:
    node: Node = {"operationId": operation.id, "tags": [operation.tag], "summary": operation.summary}
    if operation.description:
        node["description"] = operation.description
    if operation.access == "public":
        node["security"] = []
    else:
        node["x-scope"] = operation.access
    if parameters := [*_path_parameters(operation), *_query_parameters(operation), *_header_parameters(operation)]:
        node["parameters"] = parameters
    if body := _body(operation):
        node["requestBody"] = body
    node["responses"] = _responses(operation)
    return node


def _responses(operation: Operation) -> Node:
    nodes = {status: _answer(answer) for status, answer in operation.answers.items()}
    if _is_conditional(operation):
        nodes[304] = {"description": "You have it already", "headers": _refs(("X-Request-Id", "ETag"))}
    for status, slugs in problems_of(operation).items():
        nodes.setdefault(status, _problem(status, slugs))
    return {str(status): nodes[status] for status in sorted(nodes)}


def _path_parameters(operation: Operation) -> list[Node]:
    return [_parameter(name) for name in re.findall(r"{(\w+)}", operation.path)]


def _query_parameters(operation: Operation) -> list[Node]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema(schema_generator=_Plain)
    nodes = []
    for name, field in schema["properties"].items():
        described = {key: field.pop(key) for key in ("description",) if key in field}
        nodes.append({"name": name, "in": "query", **described, "schema": _without_null(field)})
    return nodes


def _without_null(field: Node) -> Node:
    """A parameter is left out, not null."""
    kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
    return field if not kinds else kinds[0] | {key: v for key, v in field.items() if key not in ("anyOf", "default")}


def _header_parameters(operation: Operation) -> list[Node]:
    names = list(operation.headers)
    if operation.method == "POST":
        names.append("Idempotency-Key")
    if operation.tables:
        names.append("Content-Encoding")
    if _is_conditional(operation):
        names.append("If-None-Match")
    return [_parameter(name) for name in names]


def _parameter(name: str) -> Node:
    return {"$ref": f"#/components/parameters/{name}"}


def _is_conditional(operation: Operation) -> bool:
    """Whether an answer that the client has already is not sent again."""
    answer = operation.answers.get(200)
    return operation.method == "GET" and answer is not None and EVENT_STREAM not in answer.media_types


def _header(header: Header) -> Node:
    node: Node = {"description": header.description, "schema": dict(header.schema)}
    return node if header.example is None else {**node, "example": header.example}


def _body(operation: Operation) -> Node | None:
    content: Node = {}
    if operation.body:
        content[JSON] = {"schema": _ref(operation.body)}
    for media_type in operation.tables:
        schema = {"type": "string"} if _TEXT.search(media_type) else {"type": "string", "format": "binary"}
        content[media_type] = {"schema": schema}
    if operation.multipart:
        content[FORM] = {"schema": _FORM_SCHEMA}
    return {"required": not operation.body_optional, "content": content} if content else None


_FORM_SCHEMA: Node = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "description": "The table; its type or its name says which kind",
        },
        "name": {"type": "string", "maxLength": 200, "description": "A name for people"},
    },
}


def _answer(answer: Answer) -> Node:
    content: Node = {}
    if answer.model:
        content[JSON] = {"schema": _ref(answer.model)}
    if answer.schema:
        content[JSON] = {"schema": dict(answer.schema)}
    for media_type in answer.media_types:
        content[media_type] = {"schema": {"type": "string"}} if _TEXT.search(media_type) else {}
    node: Node = {"description": answer.description, "headers": _refs(("X-Request-Id", *answer.headers))}
    if content:
        node["content"] = content
    if answer.links:
        node["links"] = {link.operation: _link(link) for link in answer.links}
    return node


def _problem(status: int, slugs: Iterable[str]) -> Node:
    more = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}.get(status, ())
    return {
        "description": ", ".join(f"`{slug}`" for slug in slugs),
        **({"headers": _refs(more)} if more else {}),
        "content": {MEDIA_TYPE: {"schema": _ref(Problem)}},
    }


def _link(link: Link) -> Node:
    node: Node = {"operationId": link.operation, "parameters": dict(link.parameters), "description": link.description}
    return node if link.body is None else {**node, "requestBody": dict(link.body)}


def _refs(names: Iterable[str]) -> Node:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _ref(model: type[BaseModel]) -> Node:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


if __name__ == "__main__":
    sys.stdout.write(text())
