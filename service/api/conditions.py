"""What a request demands of the state of things before it changes them."""

from service.api.calls import Call
from service.usecases.models import Condition


def condition_of(call: Call) -> Condition:
    """What `If-Match` and `If-None-Match` demand. A weak etag matches nothing, as RFC 9110 has it."""
    given = call.request.if_match
    tags = ("*",) if given.star_tag else tuple(given.as_set())
    if "If-Match" in call.request.headers and not tags:
        tags = ("",)  # a condition that is no etag holds of nothing
    return Condition(tags, absent=call.request.if_none_match.star_tag)
