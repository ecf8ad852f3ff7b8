"""Every setting of alapp, read from the environment; docs/settings.md lists them.

Unset, everything works on one machine: SQLite, one folder (`var/`) and a secret key made at the
first start.
"""

import os
import secrets
import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

from alapp import logs, safety
from alapp.account_settings import *  # noqa: F403
from alapp.account_settings import ACCOUNT_APPS

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
ALAPP_VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

DATA_DIR = Path(env.str("ALAPP_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key(path: Path) -> str:
    """Return the key from the environment, else one made once and readable by its owner only."""
    if key := env.str("ALAPP_SECRET_KEY", default=""):
        return str(key)
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def _write_once(path: Path, text: str) -> None:
    """Create the file whole or not at all: two processes starting together share one key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


SECRET_KEY = _secret_key(DATA_DIR / "secret_key")
DEBUG = env.bool("ALAPP_DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALAPP_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("ALAPP_TRUSTED_ORIGINS", default=[])
# Behind HTTPS in production; plain HTTP on the loopback address out of the box.
HTTPS = env.bool("ALAPP_HTTPS", default=False)
# Before anything is served, by whatever starts it.
if dangers := safety.dangers(debug=DEBUG, hosts=ALLOWED_HOSTS, key=SECRET_KEY, https=HTTPS):
    sys.exit("alapp does not start with these settings.\n" + "\n".join(dangers))

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "django_tasks",
    "django_tasks_db",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    *ACCOUNT_APPS,
    "axes",
    "csp",
    "alapp",
    "annotation",
    "selection",
]

MIDDLEWARE = [
    "alapp.system.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "annotation.seating.SeatMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "alapp.languages.choosing.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "alapp.errors.ErrorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "annotation.signing_in.second_factor.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "alapp.urls"
WSGI_APPLICATION = "alapp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]


def database_from(url: str) -> dict[str, Any]:
    """Return Django's settings for a database's address.

    SQLite needs WAL, immediate transactions and a busy timeout: without them readers and the
    worker meet "database is locked" (docs/decisions/0003).
    """
    database = env.db_url_config(url)
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["ENGINE"] = "alapp.sqlite"  # writers take turns (docs/decisions/0021)
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        # Opening the file and closing it (the last to close writes the log back) would cost each
        # request more than all its statements.
        database["CONN_MAX_AGE"] = 60
        # Tests use a file too, so that a worker process can open the same database.
        database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    else:
        database["ENGINE"] = "alapp.postgresql"  # tries a connection of the pool before its use
        database["OPTIONS"] = {
            "pool": {"min_size": 1, "max_size": env.int("ALAPP_POOL", 8), "timeout": 10}
        }
    return dict(database)


DATABASE_URL = env.str("ALAPP_DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'alapp.sqlite3'}")
DATABASES = {"default": database_from(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CSRF_FAILURE_VIEW = "alapp.errors.csrf_failure"
SESSION_ENGINE = "annotation.sessions"
AUTH_USER_MODEL = "annotation.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# Five tries, then a quarter of an hour, for this name from this address: others are not locked out.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_CLIENT_IP_CALLABLE = "alapp.web.client_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_DISABLE_ACCESS_LOG = True

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("ALAPP_TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
FEATURES_DIR = DATA_DIR / "features"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# What a run of each kind calls, and who looks whether a project needs a round: dotted paths, so
# that annotation needs not know selection.
ALAPP_RUN_HANDLERS = {
    "import": "annotation.services.import_run.run_import",
    "round": "selection.retraining.run_round_of",
    "replay": "selection.replaying.run_replay",
    "map": "selection.mapping.run_map",
    "what-if": "selection.wondering.run_what_if",
    "final": "selection.services.finishing.run_final",
    "groups": "selection.grouping.run_groups",
    "export": "annotation.services.exports.run.run_export",
}
# Kinds that may wait: they come after all others, and so many of each run at once.
ALAPP_BACKGROUND_RUNS = {"export": env.int("ALAPP_EXPORTS_AT_ONCE", default=1)}
# Who knows how items were chosen and what a model says of them, for exports.
ALAPP_EXPORT_ORIGINS = "selection.origins.origins_of"
# An exported file is deleted after so many hours.
ALAPP_EXPORT_KEEP_HOURS = env.float("ALAPP_EXPORT_KEEP_HOURS", default=168.0)
ALAPP_LOOK = "selection.due.look"
ALAPP_TICK_SECONDS = env.float("ALAPP_TICK_SECONDS", default=2.0)
ALAPP_DEAD_SECONDS = env.float("ALAPP_DEAD_SECONDS", default=60.0)
ALAPP_STOP_SECONDS = env.float("ALAPP_STOP_SECONDS", default=10.0)

# Where webhooks may be sent to: addresses inside our own network only where a list names them.
ALAPP_WEBHOOK_PRIVATE = env.list("ALAPP_WEBHOOK_PRIVATE", default=[])
ALAPP_WEBHOOK_PORTS = [
    int(port) for port in env.list("ALAPP_WEBHOOK_PORTS", default=["80", "443", "8080", "8443"])
]
ALAPP_WEBHOOK_HTTP = env.bool("ALAPP_WEBHOOK_HTTP", default=False)

# Less free disk than this warns, a tenth of it is as bad as none.
ALAPP_MIN_FREE_BYTES = env.int("ALAPP_MIN_FREE_BYTES", default=1_000_000_000)

# Sentence vectors instead of words: a folder or hub id, with the [embeddings] extra installed.
ALAPP_TEXT_MODEL = env.str("ALAPP_TEXT_MODEL", default="")
ALAPP_IMAGE_MODEL = env.str("ALAPP_IMAGE_MODEL", default="")
# How feature rows are kept on disk: float16, or float32 at twice the size.
ALAPP_FEATURES_PRECISION = env.str("ALAPP_FEATURES_PRECISION", default="float16")
# Who works through a large pool: serial, threads, processes or dask.
ALAPP_EXECUTOR = env.str("ALAPP_EXECUTOR", default="serial")
ALAPP_EXECUTOR_WORKERS = env.int("ALAPP_EXECUTOR_WORKERS", default=os.cpu_count() or 1)
ALAPP_DASK_SCHEDULER = env.str("ALAPP_DASK_SCHEDULER", default="")

# Limits of one upload. Django itself spools files above 2.5 MB to disk.
ALAPP_MAX_UPLOAD_BYTES = env.int("ALAPP_MAX_UPLOAD_BYTES", default=2_000_000_000)
DATA_UPLOAD_MAX_NUMBER_FILES = 20_000
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)

# The API: requests/seconds for each person, for what is costly, for each address nobody is signed
# in at, and for wrong tokens from an address; and the most bytes of a body that is no file.
ALAPP_API_RATE = env.str("ALAPP_API_RATE", default="1200/60")
ALAPP_API_RATE_COSTLY = env.str("ALAPP_API_RATE_COSTLY", default="60/60")
ALAPP_API_RATE_NOBODY = env.str("ALAPP_API_RATE_NOBODY", default="120/60")
ALAPP_API_RATE_BAD_TOKENS = env.str("ALAPP_API_RATE_BAD_TOKENS", default="20/900")
ALAPP_API_MAX_BODY_BYTES = env.int("ALAPP_API_MAX_BODY_BYTES", default=5_000_000)
# Django's own limit would cut in first, with a page instead of a problem.
DATA_UPLOAD_MAX_MEMORY_SIZE = max(2_621_440, ALAPP_API_MAX_BODY_BYTES)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "annotation.api.authentication.TokenAuthentication",
        "annotation.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["annotation.api.throttles.Uses"],
    "DEFAULT_SCHEMA_CLASS": "annotation.api.schema.AutoSchema",
    "EXCEPTION_HANDLER": "annotation.api.errors.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "alapp",
    "DESCRIPTION": "Everything the pages can do. docs/api.md says how to begin.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "PATH_CONVERTER_OVERRIDES": {
        "id": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "DISABLE_ERRORS_AND_WARNINGS": False,
}

SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# The proxy in front says who asks, and whether by HTTPS; without one both could be made up.
BEHIND_PROXY = env.bool("ALAPP_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LOGGING = logs.config(
    level=env.str("ALAPP_LOG_LEVEL", default="WARNING"),
    as_json=env.bool("ALAPP_LOG_JSON", default=False),
)
