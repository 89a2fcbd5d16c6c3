"""Every setting of Passalong, in one place, driven by the environment.

With nothing set, all of it runs on one machine without services: SQLite, a broker made of
files, an outbox instead of a mail server, everything below DATA_DIR.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from kombu import Exchange, Queue

from config import environment, faults, languages
from config.queues import QUEUES

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


# Whatever one of our processes writes is for its user alone, logs too: it may hold addresses.
os.umask(0o077)


DATA_DIR = environment.data_dir(Path(env.str("DATA_DIR", default="") or BASE_DIR / "var").resolve())
environment.data_dir(DATA_DIR / "static")  # WhiteNoise warns when it is missing
# What all machines of a site must see: pictures, uploads, who objected. One machine needs no other.
SHARED_DIR = DATA_DIR
if shared := env.str("SHARED_DIR", default=""):
    SHARED_DIR = environment.data_dir(Path(shared).resolve(), "SHARED_DIR")
# Who objected, also kept where a database that is lost does not take it along.
OBJECTIONS_DIR = Path(env.str("OBJECTIONS_DIR", default="") or SHARED_DIR / "objections").resolve()
DATABASE_URL = environment.service(
    "DATABASE_URL",
    {"postgres", "postgresql", "sqlite"},
    "postgres://user:password@host:5432/name or sqlite:////path/to/file",
)
REDIS_URL = environment.service("REDIS_URL", {"redis", "rediss"}, "redis://:password@host:6379/0")
# Where commands are typed, and so how messages spell them (see `subscribers.run_here`).
RUNS_UNDER = environment.runs_under(env.str("RUNS_UNDER", default=""))
EMBEDDED = not REDIS_URL and (not DATABASE_URL or DATABASE_URL.startswith("sqlite"))
DEBUG = env.bool("DEBUG", default=False)


# --- Address ------------------------------------------------------------------------------


def _last_site_url() -> str:
    """The address `manage.py up` last served this DATA_DIR at: commands beside it want it too."""
    file = DATA_DIR / "site_url"
    return file.read_text().strip() if file.exists() else "http://localhost:8000"


SITE_URL = environment.site_url(env.str("SITE_URL", default="") or _last_site_url())
# Not set, or by `up` alone: as the owner says at the desk (`posts.content.address`).
SITE_URL_IS_FIXED = bool(env.str("SITE_URL", default="")) and (
    not os.environ.get("UP_CHOSE_SITE_URL")
)
_site = urlsplit(SITE_URL)
ALLOWED_HOSTS = [str(_site.hostname), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# For so long browsers are to keep to https, wherever the site goes by it.
HTTPS_KEPT_SECONDS = 183 * 24 * 60 * 60
if _site.scheme == "https":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = HTTPS_KEPT_SECONDS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
# What `check --deploy` asks for, and is not for us to say:
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other sites under this name may have no certificate,
    "security.W021",  # and no browser needs to have ours built in
    "security.W008",  # the proxy redirects: it knows best who came by which way
    "security.W019",  # the editor shows a post in a frame of its own site
]


# Sign-ups are limited by network. With https there is a proxy, which speaks it: see above.
TRUSTED_PROXIES = environment.trusted_proxies(
    env.str("TRUSTED_PROXIES", default="") or ("1" if _site.scheme == "https" else "0")
)
TRUSTED_PROXIES_ARE_FIXED = bool(env.str("TRUSTED_PROXIES", default=""))


# --- Being seen -----------------------------------------------------------------------------


# Who may read /metrics: nobody, unless one of these is set. Nothing is counted then, either.
METRICS_TOKEN = environment.metrics_token(env.str("METRICS_TOKEN", default=""))
METRICS_NETWORKS = environment.networks(env.str("METRICS_NETWORKS", default=""))
METRICS = bool(METRICS_TOKEN or METRICS_NETWORKS)


SENTRY_DSN = environment.sentry_dsn(env.str("SENTRY_DSN", default=""))
if SENTRY_DSN:
    faults.tell(SENTRY_DSN)


# --- Secret -------------------------------------------------------------------------------


SECRET_KEY = environment.secret("SECRET_KEY")
if not SECRET_KEY:
    if not EMBEDDED:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. With DATABASE_URL or REDIS_URL it is required, and the same "
            "for every process. Make one: python -c 'import secrets; "
            "print(secrets.token_urlsafe(48))'"
        )
    SECRET_KEY = environment.generated_secret(DATA_DIR / "secret_key")


# --- Database -----------------------------------------------------------------------------


def _database(url: str) -> dict[str, object]:
    database: dict[str, object] = dict(env.db_url_config(url))
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
    else:
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
    return database


DATABASES = {"default": _database(DATABASE_URL or f"sqlite:///{DATA_DIR / 'passalong.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _cache(name: str, *, patience: float, entries: int) -> dict[str, object]:
    if not REDIS_URL:
        return {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(DATA_DIR / name),
            "OPTIONS": {"MAX_ENTRIES": entries},
        }
    return {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": name,
        # The site and the desk stay up without Redis; `doctor` and the desk say it is away.
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": patience,
            "SOCKET_TIMEOUT": patience,
        },
    }


CACHES = {
    "default": _cache("cache", patience=3, entries=300),
    # A page that Redis does not hand over quickly is quicker rendered.
    "pages": _cache("pages", patience=0.3, entries=2_000),
}
# Who works on templates wants to see them.
PAGE_CACHE = not DEBUG


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
    # Of allauth only what keeps second factors, and the tables that this wants beside it: no view,
    # no address, no middleware, no mail.
    "posts.desk.staff.apps.AccountTables",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",  # its widgets' templates, see FORM_RENDERER
]
MIDDLEWARE = [
    "posts.public.pagecache.middleware.page_cache",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "posts.public.at_its_address.at_its_address",
    "posts.public.policy.strict",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "posts.desk.devices.in_the_desk",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "posts.desk.staff.halfway.whole_or_nobody",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "posts.public.language.in_the_language_of_the_link",
    "posts.desk.staff.borders.around_wagtails_own",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["posts.templatetags.inline_scripts.Loader"],
                )
            ],
            "builtins": ["posts.templatetags.inline_scripts"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]
# The only one: whoever signs in, at whatever address, is nobody before her second step.
AUTHENTICATION_BACKENDS = ["posts.desk.staff.halfway.Backend"]
MFA_ADAPTER = "posts.desk.staff.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # half a minute early or late: clocks of phones differ
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets too: their scripts' nonces
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
# What our own words to readers are in (see `<app>/locale/`).
LANGUAGES = [("en", "English"), ("es", "Español"), ("fr", "Français"), ("de", "Deutsch")]
# What a post can be in. Where we don't speak it, our words around it are in the site's language.
POST_LANGUAGES = [*LANGUAGES, *languages.OTHERS]


TIME_ZONE = environment.time_zone(env.str("TIME_ZONE", default="") or "UTC")
# Not set: as the writer chose at the desk (`posts.content.zone`).
TIME_ZONE_IS_FIXED = bool(env.str("TIME_ZONE", default=""))
USE_I18N = USE_TZ = True
# What only the desk says lies beside it; what readers read, in `<app>/locale/`.
LOCALE_PATHS = [BASE_DIR / "posts" / "desk" / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_URL = "/media/"
# The longest form that the desk takes, file and all, in MiB: lists are the largest.
IMPORT_MAX_MB = env.int("IMPORT_MAX_MB", default=500)
MEDIA_ROOT = SHARED_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600  # the umask would do, but Django sets one of its own
# Where the letters of cards come from (see posts/sharing/cards): the owner’s, then the system’s.
FONT_FOLDERS = [
    DATA_DIR / "fonts",
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/[0-9a-f]{12}/"
STATICFILES_FINDERS = [
    "posts.public.assets.AssetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "posts.public.assets.AssetStorage"},
}

# Mails, feeds and other sites' previews know no newer form: they get a JPEG of such an upload.
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"avif": "jpeg", "heic": "jpeg", "webp": "jpeg"}
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "jpg", "jpeg", "png", "webp"]
# As much as phones make. While one is decoded it takes 200 MB; what is larger never is.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILIMAGES_IMAGE_FORM_BASE = "posts.content.uploads.PictureForm"
WAGTAIL_SITE_NAME = "Passalong"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False  # it phones home
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # and so does this
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_USER_LOGIN_FORM = "posts.desk.forms.SignInForm"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "posts.desk.forms.ResetForm"  # noqa: S105
SESSION_ENGINE = "posts.desk.sessions"
WAGTAILADMIN_COMMENTS_ENABLED = False
# Wagtail speaks many more; between our own words they would be a mix.
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = False
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long post has many block fields


# --- Mail ---------------------------------------------------------------------------------


# Not set: as the owner chose at the desk, or else into the outbox (`posts.delivery.way_out`).
EMAIL_URL = environment.secret("EMAIL_URL")
EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"
BOUNCE_URL = environment.mailbox_url()
# Of password resets; mails to readers come from their newsletter.
DEFAULT_FROM_EMAIL = f"Passalong <passalong@{_site.hostname}>"


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
    CELERY_BROKER_URL = "localhost"
    CELERY_BROKER_TRANSPORT = "config.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "folder": str(DATA_DIR / "broker" / "queue"),
        "polling_interval": 0.2,
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), name) for name in QUEUES]
CELERY_TASK_ROUTES = {task: {"queue": name} for name, tasks in QUEUES.items() for task in tasks}
# A queue that is misspelt ends the worker, which would else wait in it for ever.
CELERY_TASK_CREATE_MISSING_QUEUES = False
# Beside the tasks of the apps: this one stands above them.
CELERY_IMPORTS = ("posts.management.moving.tasks",)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis as long as it takes
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = environment.worker_threads(env.str("WORKER_THREADS", default="") or "4")
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Whether other programs may be told what happens at http:// and on this machine and its network:
# while the code is changed, and in tests.
WEBHOOKS_LOCALLY = DEBUG
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"
# After that long without a worker the rings of a beat are dropped. Not sooner: it is the worker's
# clock that says when, and a worker whose clock is hours ahead would never hear any.
_DAY = 24 * 3600
_BEATS = {  # task and seconds
    "sweep": ("posts.delivery.tasks.sweep", 15),
    "apply what providers told": ("posts.delivery.events.tasks.apply_events", 15),
    "tell other programs": ("posts.delivery.webhooks.tasks.send_webhooks", 15),
    "forget what they were told": ("posts.delivery.webhooks.tasks.forget_webhooks", _DAY),
    "publish what is due": ("posts.content.tasks.publish_what_is_due", 60),
    "mail what is due": ("subscribers.tasks.mail_what_is_due", 60),
    "go on with imports": ("subscribers.lists.tasks.go_on_with_imports", 60),
    "go on with moving in": ("posts.moving_in.tasks.go_on_with_moves", 60),
    "go on with what is done to many": ("posts.desk.tasks.bulk_work", 60),
    "make what is taken along": ("posts.management.moving.tasks.make_site_exports", 60),
    "mail password resets": ("posts.desk.tasks.mail_password_resets", 60),
    "make digests": ("posts.delivery.tasks.make_digests", 300),
    "keep objections beside the database": ("subscribers.tasks.note_objections", 600),
    "count the figures": ("subscribers.figures.tasks.count_figures", 900),
    "forget who got what": ("posts.delivery.tasks.forget", 3600),
    "forget what is old": ("subscribers.tasks.keep_house", _DAY),
    "forget ways into the desk": ("posts.desk.tasks.forget_ways_in", _DAY),
    **({"fetch bounces": ("posts.delivery.events.tasks.fetch_bounces", 300)} if BOUNCE_URL else {}),
}
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": float(seconds), "options": {"expires": _DAY}}
    for name, (task, seconds) in _BEATS.items()
}


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "human": {
            "()": "config.logs.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": environment.log_format(env.str("LOG_FORMAT", default="") or "human"),
        }
    },
    "root": {
        "handlers": ["console"],
        "level": environment.log_level(env.str("LOG_LEVEL", default="") or "INFO"),
    },
    "loggers": {
        # Their own handlers would write past ours: Django's while DEBUG is on, granian's always.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        **{name: {"handlers": [], "propagate": True} for name in ("_granian", "granian.access")},
        # What these note of each saved page is in Wagtail's own audit too, where one finds it.
        **{name: {"level": "WARNING"} for name in ("celery.beat", "django_tasks", "wagtail")},
        # Would write the address of each 404 and 410: that of a share link or of one in a mail is a
        # secret. What is our fault it still writes.
        "django.request": {"level": "ERROR"},
        # Notes every detector that it tries; what goes wrong comes to us as an exception.
        "flufl.bounce": {"level": "CRITICAL"},
    },
}
