"""What an operation is: declared once, and made into a Flask route, into its checks and into openapi.yaml.

A handler's signature says what it reads: a parameter `query` is the model of the query string, `body` that of the JSON
body, and every other name stands in the path. There is no way to add a route without saying who may call it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, Unpack, get_args, get_type_hints

from pydantic import BaseModel

from service.store import Scope

Method = Literal["GET", "POST", "PUT", "DELETE"]
Access = Scope | Literal["public"]
Handler = Callable[..., Any]

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Link:
    """From an answer to an operation that it makes possible: parameter names to runtime expressions of OpenAPI."""

    operation: str
    parameters: Mapping[str, str]
    description: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A success: a model or a JSON Schema for JSON, other media types for anything else, neither for no body."""

    description: str
    model: type[BaseModel] | None = None
    schema: Mapping[str, Any] | None = None
    media_types: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method on one path.

    Attributes:
        access: the scope that a key needs, or `public`.
        answers: what a success looks like, by status.
        problems: slugs that it may answer, besides those that every operation may.
        headers: names of request headers that it reads, described in `service/api/headers.py`.
        body: model of the JSON body; `body_optional` when an empty one stands for the defaults.
        tables: media types of the raw bodies that it takes.
        multipart: whether it takes a table as a form's file, too.
        repeatable: whether asking twice is the same as asking once, so that no answer need be kept.
    """

    id: str
    method: Method
    path: str
    access: Access
    tag: str
    summary: str
    description: str
    handler: Handler
    answers: Mapping[int, Answer]
    problems: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    body_optional: bool = False
    tables: tuple[str, ...] = ()
    multipart: bool = False
    repeatable: bool = False

    @property
    def keeps_answers(self) -> bool:
        """Whether its answer is kept under the request's `Idempotency-Key`."""
        return self.method == "POST" and not self.repeatable

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")


class Details(TypedDict, total=False):
    """The attributes of an operation that have a default."""

    problems: tuple[str, ...]
    headers: tuple[str, ...]
    body_optional: bool
    tables: tuple[str, ...]
    multipart: bool
    repeatable: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Operations on one kind of thing: a tag of the contract."""

    tag: str
    description: str
    operations: list[Operation] = field(default_factory=list)

    def add(
        self,
        method: Method,
        path: str,
        *,
        access: Access,
        answers: Mapping[int, Answer],
        **details: Unpack[Details],
    ) -> Callable[[Handler], Handler]:
        """Declare the decorated handler as an operation; its name is the id, its docstring the description."""

        def declare(handler: Handler) -> Handler:
            summary, _, description = (handler.__doc__ or "").strip().partition("\n")
            hints = get_type_hints(handler)
            self.operations.append(
                Operation(
                    id=_camel(handler.__name__),
                    method=method,
                    path=path,
                    access=access,
                    tag=self.tag,
                    summary=summary.rstrip("."),
                    description=_unwrap(description),
                    handler=handler,
                    answers=answers,
                    query=_model(hints.get("query")),
                    body=_model(hints.get("body")),
                    **details,
                )
            )
            return handler

        return declare

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)


def _model(hint: Any) -> type[BaseModel] | None:  # noqa: ANN401 - whatever an annotation can be
    """The model that a parameter is annotated with, alone or as `Model | None`."""
    models = [kind for kind in (hint, *get_args(hint)) if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return models[0] if models else None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _unwrap(text: str) -> str:
    """Paragraphs on one line each."""
    paragraphs = (" ".join(line.strip() for line in part.splitlines()) for part in text.strip().split("\n\n"))
    return "\n\n".join(paragraph.strip() for paragraph in paragraphs)
