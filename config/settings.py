"""Every setting of Passalong, in one place, driven by the environment.

With nothing set, all of it runs on one machine without services: SQLite, a broker made of
files, an outbox instead of a mail server, everything below DATA_DIR.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
EMBEDDED = not REDIS_URL and (not DATABASE_URL or DATABASE_URL.startswith("sqlite"))
DEBUG = env.bool("DEBUG", default=False)


# --- Address ------------------------------------------------------------------------------


def _site_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"SITE_URL is {url!r}. It must be the address readers use, without a path, "
            "like https://letters.example.org"
        )
    return url.rstrip("/")


def _last_site_url() -> str:
    """The address `manage.py up` last served this DATA_DIR at: commands beside it want it too."""
    file = DATA_DIR / "site_url"
    return file.read_text().strip() if file.exists() else "http://localhost:8000"


SITE_URL = _site_url(env.str("SITE_URL", default="") or _last_site_url())
_site = urlsplit(SITE_URL)
ALLOWED_HOSTS = [str(_site.hostname), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
if _site.scheme == "https":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"


# --- Secret -------------------------------------------------------------------------------


def _generated_secret(file: Path) -> str:
    """Read the secret, making it first where there is none; two processes may race to it."""
    if not file.exists():
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not EMBEDDED:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. With DATABASE_URL or REDIS_URL it is required, and the same "
            "for every process. Make one: python -c 'import secrets; "
            "print(secrets.token_urlsafe(48))'"
        )
    SECRET_KEY = _generated_secret(DATA_DIR / "secret_key")


# --- Database -----------------------------------------------------------------------------


def _database(url: str) -> dict[str, object]:
    try:
        database: dict[str, object] = dict(env.db_url_config(url))
    except Exception as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL cannot be read ({error}). It looks like "
            "postgres://user:password@host:5432/name or sqlite:////path/to/file"
        ) from error
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["OPTIONS"] = {
            # One writer at a time: take its place in the queue when the transaction begins,
            # not in the middle of it, where SQLite answers "locked" without waiting.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # FULL: a claim that was committed must survive a power cut, or people get two mails.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;"
            ),
        }
    elif database["ENGINE"] == "django.db.backends.postgresql":
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
    else:
        raise ImproperlyConfigured("DATABASE_URL must name PostgreSQL (postgres://) or SQLite.")
    return database


DATABASES = {"default": _database(DATABASE_URL or f"sqlite:///{DATA_DIR / 'passalong.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": (
        {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": REDIS_URL,
            # The site and the desk stay up without Redis; `doctor` and the desk say it is away.
            "OPTIONS": {
                "IGNORE_EXCEPTIONS": True,
                "SOCKET_CONNECT_TIMEOUT": 3,
                "SOCKET_TIMEOUT": 3,
            },
        }
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(DATA_DIR / "cache"),
        }
    )
}


# --- Django and Wagtail -------------------------------------------------------------------

INSTALLED_APPS = [
    "posts.apps.PostsConfig",
    "subscribers.apps.SubscribersConfig",
    "wagtail.contrib.settings",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
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
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("fr", "Français"), ("de", "Deutsch")]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns when it is missing
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
WHITENOISE_USE_FINDERS = True

WAGTAIL_SITE_NAME = "Passalong"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False  # it phones home
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # and so does this
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAIL_I18N_ENABLED = False
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long post has many block fields


# --- Mail ---------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="outbox:")
EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"


# --- Celery: a doorbell; the queue is in the database --------------------------------------

if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "socket_connect_timeout": 3,
        "socket_timeout": 30,
        # A web request that rings in vain goes on at once (kombu would try for 6 s); the sweep
        # rings again. Workers keep trying to connect by a setting of their own.
        "max_retries": 0,
    }
else:
    CELERY_BROKER_URL = "filesystem://localhost"
    _broker = DATA_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "processed_folder": str(_broker / "processed"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.2,
    }
    for _folder in ("queue", "processed", "control"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis as long as it takes
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = env.int("WORKER_THREADS", default=4)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "posts.delivery.tasks.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "mail what is due": {
        "task": "subscribers.tasks.mail_what_is_due",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # What these note of each saved page is in Wagtail's own audit too, where one finds it.
        name: {"level": "WARNING"}
        for name in ("celery.beat", "django_tasks", "wagtail")
    },
}
