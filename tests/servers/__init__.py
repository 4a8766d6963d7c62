"""Real servers that the tests start: one module a kind, each a pytest plugin named in tests/conftest.py."""
