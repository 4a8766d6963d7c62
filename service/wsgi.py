"""The application that gunicorn loads, made in each of its processes from the environment's settings."""

from service.app import create_app
from service.context import open_context
from service.settings import Settings

application = create_app(open_context(Settings()))
