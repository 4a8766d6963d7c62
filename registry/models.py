"""Models: the named lines that versions belong to, one small object each, so that listing them is cheap."""

from dataclasses import dataclass

from registry.errors import NotFound, PreconditionFailed
from registry.project import Project


@dataclass(frozen=True, slots=True)
class Model:
    """A named line of versions. `created_at` is when it was published to first, RFC 3339 UTC."""

    name: str
    created_at: str


class Models:
    """The models of one project."""

    def __init__(self, project: Project) -> None:
        self._keys, self._records, self._now = project.keys, project.records, project.now

    def ensure(self, name: str) -> None:
        """Make the model where there is none. Raises `InvalidName`."""
        key = self._keys.model(name)
        if self._records.exists(key):
            return
        try:
            self._records.create(key, {"name": name, "created_at": self._now()})
        except PreconditionFailed:
            return  # another publisher was quicker

    def get(self, name: str) -> Model:
        """Raises `NotFound`."""
        record = self._records.find(self._keys.model(name))
        if not record:
            raise NotFound(f"no model {name}")
        return Model(record.data["name"], record.data["created_at"])

    def list(self, after: str | None = None, limit: int = 100) -> list[Model]:
        """Up to `limit` models by name, beginning after the name `after`."""
        start = self._keys.model(after) if after is not None else ""
        records = self._records.page(self._keys.models, after=start, limit=limit)
        return [Model(record.data["name"], record.data["created_at"]) for record in records]
