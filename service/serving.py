"""gunicorn's configuration: `gunicorn -c python:service.serving` is the HTTP half of `winnow serve`."""

from pathlib import Path

from service.settings import Settings

_settings = Settings()

wsgi_app = "service.wsgi:application"
bind = [f"{_settings.host}:{_settings.port}"]
worker_class = "gthread"
workers = _settings.api_processes
threads = _settings.api_threads
timeout = 60
graceful_timeout = 20
keepalive = 75  # longer than a load balancer keeps its side, so that it is never the one surprised
loglevel = _settings.log_level if _settings.log_level == "debug" else "warning"
control_socket_disable = True
# a heartbeat file on a slow disk makes gunicorn kill workers that are well
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - shared memory, not a shared secret
