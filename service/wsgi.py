"""The application that gunicorn loads, made in each of its processes from the environment's settings."""

from service.app import create_app
from service.context import open_context
from service.logs import configure_logging
from service.settings import Settings

_settings = Settings()
configure_logging(_settings.log_level)
application = create_app(open_context(_settings))
