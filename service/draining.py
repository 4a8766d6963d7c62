"""Whether this process is about to be stopped: it answers what it has, and takes no more.

`winnow serve` gives its HTTP processes the reading end of a pipe and keeps the writing end. When it closes that, or
dies, all of them see it at once.
"""

import os
import select

VARIABLE = "WINNOW_DRAIN_FD"


def draining() -> bool:
    """Cheap enough to ask before every answer. False where nobody gave a pipe, as under a plain gunicorn."""
    descriptor = os.environ.get(VARIABLE)
    if descriptor is None:
        return False
    poll = select.poll()
    poll.register(int(descriptor), select.POLLIN)
    return bool(poll.poll(0))
