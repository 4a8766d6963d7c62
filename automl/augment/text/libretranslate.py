"""Translation by a service that speaks LibreTranslate's protocol: `POST /translate` with JSON, many texts at once."""

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from automl.clock import Over, go_on, never
from automl.types import Json

log = logging.getLogger(__name__)

_CONNECT_S: Final = 5.0
_MOST_S: Final = 20.0
"""For the texts of a column, and for any other answer: a run waits meanwhile, and its time goes on."""
_TOO_LONG: Final = "takes too long"
_TIMES: Final = 3
_BUSY: Final = (429, 502, 503, 504)
_PAUSE_S: Final = 0.5
_BATCH, _BATCH_CHARACTERS = 50, 5_000
_ENGLISH, _SPANISH = _EVERY = ("en", "es")
"""Old services tell no targets, as every language goes to every other."""


class NoAnswer(Exception):
    """The service did not answer as it should; the message tells why, and not where it is."""


@dataclass(frozen=True, slots=True)
class LibreTranslate:
    """A service at a URL of the operator's own, which every host that makes trials can reach."""

    url: str
    key: str | None = field(default=None, repr=False)

    most_characters: int = 20_000

    @property
    def name(self) -> str:
        """The URL."""
        return self.url

    def missing(self) -> str | None:
        """An answer from the service, or its languages."""
        try:
            known = self._call("GET", "/languages", None, time.monotonic() + _MOST_S)
        except NoAnswer as error:
            return f"the translator that WINNOW_TRANSLATION names, and that {error}"
        listed = [it for it in known if isinstance(it, dict)] if isinstance(known, list) else []
        targets = {it.get("code"): it.get("targets") or _EVERY for it in listed}
        able = _SPANISH in targets.get(_ENGLISH, ()) and _ENGLISH in targets.get(_SPANISH, ())
        return None if able else "English and Spanish, which the translator that WINNOW_TRANSLATION names does not have"

    def there_and_back(self, texts: Sequence[str], told_to_stop: Over = never) -> list[str]:
        """In batches. Raises `NoAnswer`, also where that takes more than 20 seconds."""
        end, said = time.monotonic() + _MOST_S, list(texts)
        for source, target in ((_ENGLISH, _SPANISH), (_SPANISH, _ENGLISH)):
            batches, said = list(_batches(said)), []
            for batch in batches:
                go_on(told_to_stop)
                said += self._translate_batch(batch, source, target, end)
        return said

    def _translate_batch(self, batch: Sequence[str], source: str, target: str, end: float) -> list[str]:
        asked = {"q": list(batch), "source": source, "target": target, "format": "text"}
        answer = self._call("POST", "/translate", asked | ({"api_key": self.key} if self.key else {}), end)
        said = answer.get("translatedText") if isinstance(answer, dict) else None
        if not isinstance(said, list) or len(said) != len(batch) or not all(isinstance(text, str) for text in said):
            raise NoAnswer("answers otherwise than LibreTranslate does")
        return said

    def _call(self, method: str, path: str, body: Json, end: float) -> Json:
        status, data = 0, b""
        for turn in range(_TIMES):
            time.sleep(turn * _PAUSE_S)
            status, data = self._ask(method, path, body, end - time.monotonic())
            if status not in _BUSY:
                break
        if status != 200:  # noqa: PLR2004
            log.warning("%s answered %d: %s", self.url, status, data[:500])
            raise NoAnswer(f"answers with status {status}")
        try:
            return json.loads(data)
        except ValueError:
            raise NoAnswer("answers otherwise than LibreTranslate does") from None

    def _ask(self, method: str, path: str, body: Json, seconds: float) -> tuple[int, bytes]:
        """Once. urllib3 would ask again by itself, but knows of no time for all of its turns together."""
        import urllib3  # noqa: PLC0415 - only who translates needs it

        if seconds <= 0:
            raise NoAnswer(_TOO_LONG)
        timeout = urllib3.Timeout(total=seconds, connect=min(_CONNECT_S, seconds))
        try:
            with urllib3.PoolManager(retries=False, timeout=timeout) as pool:
                answer = pool.request(method, f"{self.url}{path}", json=body, redirect=False)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            log.warning("%s: %s", self.url, error)
            late = isinstance(error, urllib3.exceptions.ReadTimeoutError)
            raise NoAnswer(_TOO_LONG if late else "does not answer") from None
        return answer.status, answer.data


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Each of at most 50 texts and 5,000 characters, a longer text alone."""
    batch: list[str] = []
    for text in texts:
        if batch and (len(batch) == _BATCH or sum(map(len, batch)) + len(text) > _BATCH_CHARACTERS):
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch
