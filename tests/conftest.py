"""Fixtures for every test: the real servers, each in a module of tests/servers."""

pytest_plugins = [
    "tests.servers.api",
    "tests.servers.databases",
    "tests.servers.postgres",
    "tests.servers.s3",
    "tests.servers.stores",
    "tests.servers.winnow",
]
