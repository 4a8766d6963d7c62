"""Who may call: a key with the right scope for every operation that is not public."""

from flask import Request

from service.api.operations import Access
from service.context import Context
from service.errors import Forbidden, Unauthorized
from service.store import KeyRecord

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="winnow"'}


def authorise(context: Context, request: Request, access: Access) -> KeyRecord | None:
    """The key that a request carries, None where the operation is public.

    Raises:
        Unauthorized: there is no key, or none that is known.
        Forbidden: the key lacks the scope.
    """
    if access == "public":
        return None
    scheme, _, plaintext = request.headers.get("Authorization", "").partition(" ")
    key = context.keys.authenticate(plaintext.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise Unauthorized("unauthorized", "Send a key: `Authorization: Bearer wn_…`.", headers=_CHALLENGE)
    if access not in key.scopes:
        raise Forbidden("missing-scope", f"This key lacks the scope `{access}`; it has {', '.join(key.scopes)}.")
    return key
