"""Fixtures for every test: the real servers, each in a module of tests/servers."""

import signal

pytest_plugins = [
    "tests.servers.api",
    "tests.servers.databases",
    "tests.servers.postgres",
    "tests.servers.s3",
    "tests.servers.stores",
    "tests.servers.winnow",
]

# Who starts the tests in the background of a script hands down an ignored SIGINT, and so would the tests to the
# programs that they stop with Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
