"""How gunicorn serves alapp; every name here is a setting of gunicorn's.

    gunicorn --config python:alapp.server

"manage.py up" starts the same. The application is loaded once, before the processes part, so that
they share its memory; each opens its own connections to the database.
"""

import gc
from pathlib import Path
from typing import Any

import environ
from django.db import connections
from django.template import engines
from django.urls import get_resolver

from alapp import logs

env = environ.Env()

wsgi_app = "alapp.wsgi"
bind = env.str("ALAPP_BIND", default="127.0.0.1:8000").split(",")
workers = env.int("ALAPP_WEB_PROCESSES", default=2)
threads = env.int("ALAPP_WEB_THREADS", default=8)
worker_class = "gthread"
preload_app = True
graceful_timeout = 10
# Large uploads arrive through threads, so only a process that hangs as a whole is ended.
timeout = 60
# A proxy in front keeps its connections; people's browsers come through it.
keepalive = 5
# Where a process shows that it lives: memory, never a disk that may be slow.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
accesslog = "-" if env.bool("ALAPP_ACCESS_LOG", default=False) else None
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s bytes %(M)s ms'
logconfig_dict = logs.config(
    level=env.str("ALAPP_LOG_LEVEL", default="WARNING"),
    as_json=env.bool("ALAPP_LOG_JSON", default=False),
)


def when_ready(server: Any) -> None:
    """Load what every request needs while there is one process, for all to share."""
    get_resolver().reverse_dict  # noqa: B018 - reading it imports every view
    for engine in engines.all():
        engine.get_template("base.html")
    gc.collect()
    # What is there now stays: a collector that touched it would copy it into every process.
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """Share no connection: two processes talking on one would read each other's answers."""
    connections.close_all()
