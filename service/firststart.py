"""What the first start makes: the secret that keys are hashed under, and the first key. No secret has a default."""

import secrets
from pathlib import Path

from service.files import locked, write_durably
from service.settings import Settings
from service.store import SCOPES, Keys
from service.store.keys import new_plaintext

KEY_FILE = "api-key"
PROJECT = "default"


def server_secret(settings: Settings) -> str:
    """The given secret, or the one in the data directory, which is made when missing."""
    if settings.secret is not None:
        return settings.secret.get_secret_value()
    return _made_once(settings.data / "secret", secrets.token_urlsafe(32))


def ensure_first_key(settings: Settings, keys: Keys) -> None:
    """See to it that a database without keys knows the one in `api-key`, which is made when missing.

    The file comes first: a crash in between, or a lost database, leaves a key that the next start makes known.
    """
    if keys.none_yet():
        plaintext = _made_once(settings.data / KEY_FILE, new_plaintext())
        keys.register(plaintext, PROJECT, "first key", SCOPES)


def _made_once(path: Path, candidate: str) -> str:
    """The file's line; of processes that start at once, all get the same."""
    with locked(path.with_name(f".{path.name}.lock")):
        if not path.exists():
            write_durably(path, f"{candidate}\n".encode())
        return path.read_text().strip()
