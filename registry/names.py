"""Names that callers choose, and the keys that are built from them: the one place that knows the layout."""

import re

from registry.errors import InvalidName

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)

BLOBS = "blobs/sha256/"
PROJECTS = "projects/"
LATEST = "latest"


def check_name(kind: str, name: str) -> str:
    """The name as it is, or `InvalidName`; `kind` is what the message calls it."""
    if not _NAME.fullmatch(name):
        raise InvalidName(
            f"{kind} {name[:80]!r}: use 1 to 64 of a-z, 0-9, '_' and '-', and begin with a letter or a digit"
        )
    return name


def check_alias(alias: str) -> str:
    """An alias's name as it is, or `InvalidName`: it must not look like the other ways to say a version."""
    if alias.isdigit() or alias == LATEST:
        raise InvalidName(f"alias {alias[:80]!r}: all digits and 'latest' mean a version already; choose another name")
    return check_name("alias", alias)


def blob_key(digest: str) -> str:
    """Key of the blob with a `sha256:…` digest."""
    match = _DIGEST.fullmatch(digest)
    if not match:
        raise InvalidName(f"{digest[:80]!r} is not a digest: sha256: and 64 hex digits are expected")
    return f"{BLOBS}{match[1][:2]}/{match[1]}"


def blob_digest(key: str) -> str:
    """Digest of the blob that a key is for: the inverse of `blob_key`."""
    return f"sha256:{key.rpartition('/')[2]}"


class Keys:
    """Keys of one project's records. Every method raises `InvalidName`."""

    def __init__(self, project: str) -> None:
        self.root = f"{PROJECTS}{check_name('project', project)}/"
        self.datasets = f"{self.root}datasets/"
        self.models = f"{self.root}models/"

    def dataset(self, dataset_id: str) -> str:
        return f"{self.datasets}{check_name('dataset', dataset_id)}.json"

    def model(self, model: str) -> str:
        return f"{self.models}{check_name('model', model)}.json"

    @property
    def all_versions(self) -> str:
        return f"{self.root}versions/"

    def versions(self, model: str) -> str:
        return f"{self.all_versions}{check_name('model', model)}/"

    def version(self, model: str, number: int) -> str:
        return f"{self.versions(model)}{number:08d}.json"

    def aliases(self, model: str) -> str:
        return f"{self.root}aliases/{check_name('model', model)}/"

    def alias(self, model: str, alias: str) -> str:
        return f"{self.aliases(model)}{check_alias(alias)}.json"

    def decision(self, model: str, number: int) -> str:
        return f"{self.root}decisions/{check_name('model', model)}/{number:08d}.json"

    def publication(self, run_id: str) -> str:
        return f"{self.root}publications/{check_name('run', run_id)}.json"


def name_of(key: str) -> str:
    """The name that a record's key ends in."""
    return key.rpartition("/")[2].removesuffix(".json")
