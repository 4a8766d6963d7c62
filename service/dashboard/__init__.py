"""The dashboard: server-made pages for people, signed in with an API key."""

from service.dashboard.pages import install

__all__ = ["install"]
