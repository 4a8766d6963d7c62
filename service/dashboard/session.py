"""Who is looking: a signed cookie that names a key, and the check that a form comes from our own pages."""

import hashlib
import hmac

from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Request, Response

from service.store import KeyRecord, Keys

COOKIE = "winnow_session"
MAX_AGE_S = 12 * 3600
PATH = "/dashboard"


class Sessions:
    """Cookies that say which key someone has signed in with. They hold its id, never its secret.

    Args:
        keys: asked anew on each request, so that a revoked key ends its sessions.
        secret: the service's own; the signing key is derived from it.
    """

    def __init__(self, keys: Keys, secret: str) -> None:
        self._keys = keys
        derived = hmac.new(secret.encode(), b"dashboard session", hashlib.sha256).hexdigest()
        self._serializer = URLSafeTimedSerializer(derived, signer_kwargs={"digest_method": hashlib.sha256})

    def start(self, response: Response, request: Request, key: KeyRecord) -> None:
        """Set the cookie; it travels over https only if the page came that way."""
        https = request.is_secure or request.headers.get("Origin", "").startswith("https://")
        value = self._serializer.dumps([key.project, key.id])
        response.set_cookie(COOKIE, value, max_age=MAX_AGE_S, path=PATH, secure=https, httponly=True, samesite="Strict")

    def end(self, response: Response) -> None:
        """Make the browser forget."""
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="Strict")

    def who(self, request: Request) -> KeyRecord | None:
        """The key of a session that is neither forged, too old, nor revoked."""
        try:
            project, key_id = self._serializer.loads(request.cookies.get(COOKIE, ""), max_age=MAX_AGE_S)
        except BadSignature:
            return None
        known = (key for key in self._keys.list(project) if key.id == key_id and key.revoked_at is None)
        return next(known, None)


def from_own_page(request: Request) -> bool:
    """Whether an unsafe request comes from a page of this very host, as browsers say in `Origin`."""
    return request.headers.get("Origin") in (f"http://{request.host}", f"https://{request.host}")
