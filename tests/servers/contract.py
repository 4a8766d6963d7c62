"""Holds every answer against openapi.yaml: its status, its media type, its body."""

import json
import re
from pathlib import Path
from typing import Any

import yaml
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

CONTRACT = Path(__file__).parents[2] / "openapi.yaml"
_NAME = "urn:contract"
_NOWHERE = {404, 405, 421}


class Contract:
    """The contract as it is in the repository."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = yaml.safe_load(CONTRACT.read_text())
        self._registry = Registry().with_resource(_NAME, DRAFT202012.create_resource(self.document))
        self._paths = [
            (re.compile(re.sub(r"{\w+}", "[^/]+", path)), operations)
            for path, operations in self.document["paths"].items()
        ]

    def check(self, method: str, path: str, answer: TestResponse) -> None:
        """Fail unless the contract allows this answer to this request."""
        told = f"{method} {path} answered {answer.status_code}"
        response = self._response(method, path, answer.status_code, told)
        media_type = answer.mimetype
        if answer.status_code in (204, 303, 304) or method == "HEAD":
            assert not answer.get_data(), told
            return
        assert media_type in response["content"], f"{told} with {media_type}"
        if "json" in media_type and "ndjson" not in media_type:
            schema = response["content"][media_type]["schema"]
            self.validator(schema).validate(json.loads(answer.get_data(), parse_constant=_refuse))

    def validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        """For a schema of the contract, with references into it."""
        absolute = json.loads(json.dumps(schema).replace('"#/', f'"{_NAME}#/'))
        return Draft202012Validator(
            absolute, registry=self._registry, format_checker=Draft202012Validator.FORMAT_CHECKER
        )

    def _response(self, method: str, path: str, status: int, told: str) -> dict[str, Any]:
        operations = next((operations for pattern, operations in self._paths if pattern.fullmatch(path)), {})
        operation = operations.get("get" if method == "HEAD" else method.lower())
        if operation is None:
            assert status in _NOWHERE, f"{told}, which no operation does"
            return {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        assert str(status) in operation["responses"], f"{told}, which its operation does not tell of"
        found: dict[str, Any] = operation["responses"][str(status)]
        return found


class ContractClient(FlaskClient):
    """Flask's client, which fails a test for an answer that the contract does not allow."""

    contract = Contract()

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send, check, hand back."""
        answer = super().open(*args, **kwargs)
        method, path = answer.request.method, answer.request.path
        if method != "OPTIONS" and not path.startswith("/dashboard"):
            self.contract.check(method, path, answer)
        return answer


def _refuse(constant: str) -> None:
    raise AssertionError(f"an answer holds a bare {constant}")
