"""What the service says of itself."""

from typing import Literal

from service.api.schemas.common import View


class Health(View):
    """The process answers."""

    status: Literal["ok"]


class Readiness(View):
    """Whether requests can be answered now, part by part."""

    status: Literal["ready", "not-ready"]
    database: bool
    store: bool
    draining: bool
    """The process is about to be stopped."""
