"""Settings. What differs between machines is read from the environment or .env, in the first section."""

import datetime as dt
import os
import re
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"


# --- What differs between machines ---

env = environ.Env()
if os.environ.get("READ_DOTENV", "on") == "on":
    env.read_env(BASE_DIR / ".env")


def env_bool(name: str, *, default: bool) -> bool:
    """On or off; anything else raises, so that a typing error is never read as "off"."""
    value = env.str(name, "on" if default else "off").lower()
    if value not in ("on", "off"):
        raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")
    return value == "on"


def env_int(name: str, *, default: int, lowest: int, highest: int) -> int:
    value = env.int(name, default)
    if not lowest <= value <= highest:
        raise ImproperlyConfigured(f"{name} must be from {lowest} to {highest}, not {value}.")
    return value


def env_secret(name: str) -> str:
    value = env.str(name, "")
    if len(value) < 50:
        raise ImproperlyConfigured(
            f"{name} must be set to at least 50 random characters; `make setup` writes one to .env."
        )
    return value


def env_url(name: str, *schemes: str) -> str:
    value = env.str(name, "")
    if value.partition(":")[0] not in schemes:
        raise ImproperlyConfigured(
            f"{name} must start with {' or '.join(schemes)}. "
            "Without real servers, start through `make run` or `make manage`."
        )
    return value


SECRET_KEY = env_secret("SECRET_KEY")
DEBUG = env_bool("DEBUG", default=False)
HTTPS = env_bool("HTTPS", default=True)
BEHIND_PROXY = env_bool("BEHIND_PROXY", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
DATABASES = {"default": environ.Env.db_url_config(env_url("DATABASE_URL", "postgres", "postgresql"))}
REDIS_URL = env_url("REDIS_URL", "redis", "rediss", "unix")
PAPER_FONT_DIR = env.str("PAPER_FONT_DIR", "")
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
HALF_MONTH_CUT_OFF_DAYS = env_int("HALF_MONTH_CUT_OFF_DAYS", default=0, lowest=0, highest=7)
# Returns: for half-months how many days before the period's end, for months how many working days after it.
RETURN_DUE_DAYS = {
    "school": env_int("RETURN_DUE_DAYS_SCHOOL", default=2, lowest=0, highest=7),
    "county": env_int("RETURN_DUE_DAYS_COUNTY", default=1, lowest=0, highest=7),
    "city": env_int("RETURN_DUE_DAYS_CITY", default=0, lowest=0, highest=7),
}
MONTH_RETURN_DUE_DAYS = {
    "school": env_int("MONTH_RETURN_DUE_DAYS_SCHOOL", default=2, lowest=1, highest=15),
    "county": env_int("MONTH_RETURN_DUE_DAYS_COUNTY", default=3, lowest=1, highest=15),
    "city": env_int("MONTH_RETURN_DUE_DAYS_CITY", default=5, lowest=1, highest=15),
}
FORM_DECIMALS = env_int("FORM_DECIMALS", default=2, lowest=0, highest=2)
WITHIN_LIMIT_SHARE = env_int("WITHIN_LIMIT_SHARE", default=100, lowest=1, highest=100)
ACTIVATION_CODE_DAYS = env_int("ACTIVATION_CODE_DAYS", default=30, lowest=1, highest=180)
IDENTITY_KEYS = env.list("IDENTITY_KEYS", default=[])
WEBHOOK_HOSTS = env.list("WEBHOOK_HOSTS", default=["qyapi.weixin.qq.com", "oapi.dingtalk.com"])

if not RETURN_DUE_DAYS["school"] >= RETURN_DUE_DAYS["county"] >= RETURN_DUE_DAYS["city"]:
    raise ImproperlyConfigured("RETURN_DUE_DAYS: schools no later than counties, counties no later than the city.")
if not MONTH_RETURN_DUE_DAYS["school"] <= MONTH_RETURN_DUE_DAYS["county"] <= MONTH_RETURN_DUE_DAYS["city"]:
    raise ImproperlyConfigured("MONTH_RETURN_DUE_DAYS: schools no later than counties, counties than the city.")

if DEBUG and HTTPS:
    raise ImproperlyConfigured("DEBUG=on is for a machine of one's own: it goes with HTTPS=off only.")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts; * is unsafe.")
if not all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}", host) for host in WEBHOOK_HOSTS):
    raise ImproperlyConfigured("WEBHOOK_HOSTS must be names of hosts in small letters, without scheme, port or path.")


# --- The product ---

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "paper",
    "accounts",
    "schools",
    "homework",
    "afterschool",
    "training",
    "inspections",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "shuangjian.urls"
WSGI_APPLICATION = "shuangjian.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# GET never writes. Asking who looks would also tie the public board to a session and keep proxies from keeping it.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

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
                "schools.access.menu",
                "accounts.notifications.bell",
            ],
            "builtins": ["django.contrib.humanize.templatetags.humanize", "django.templatetags.static"],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# A new connection per request costs two thirds of the throughput; one dead after a restart is noticed before its use.
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}


# --- Signing in ---

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.sign_in.PhoneBackend",
    "schools.sign_in.StaffNumberBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["phone", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
SESSION_COOKIE_AGE = 14 * 24 * 3600
AXES_USERNAME_CALLABLE = "accounts.sign_in.attempted_name"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
# Knocking at a locked door does not keep it locked longer: the page says for how long it is.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
# Successes are audit entries of our own; failures keep what was posted, without these fields.
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["activation_code", "new_password", "new_password_again", "csrfmiddlewaretoken"]
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "accounts.sign_in.client_address"


# --- Security ---

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        # Bootstrap's icons of form fields are data: URLs. ECharts and progress bars set style attributes.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "paper.files.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Where group robots may be reached by plain HTTP: nowhere. Tests name their receiver on this machine here.
WEBHOOK_PLAIN_HTTP_PLACES: tuple[str, ...] = ()


# --- Language, time, files ---

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
# Uploaded files: no address of ours leads there, views hand them out.
MEDIA_ROOT = env.str("FILES_DIR", "") or VAR_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "shuangjian.static_finder.NpmFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SILENCED_SYSTEM_CHECKS = [
    "axes.W003",  # the standalone backend comes first, as axes asks
    "axes.W006",  # a whole school shares one address: counted by account from wherever, never by address
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
        # An address nobody serves is no event of ours.
        "django.request": {"level": "ERROR"},
    },
}


# --- Jobs ---
# Celery is the alarm clock: what must be done is a row in PostgreSQL first (accounts.Job, schools.ChangedDay).

# Celery's own spelling of a Unix socket: it would silently take database 0 for a "db".
CELERY_BROKER_URL = REDIS_URL
if REDIS_URL.startswith("unix:"):
    CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_TASK_SOFT_TIME_LIMIT = 14 * 60
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 500_000  # kB
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A killed worker's message comes back after the visibility timeout, longer than the longest task; looked for every 2 s.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_TASK_TIME_LIMIT + 60,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # At most a minute may pass between a change and its figures.
    "take_changed_days": {"task": "reports.tasks.take_changed_days", "schedule": 20.0, "options": {"expires": 20}},
    "resend_lost_jobs": {"task": "accounts.tasks.resend_lost_jobs", "schedule": 20.0, "options": {"expires": 20}},
    # The first one after midnight makes the reports whose cut-off day has just ended; the others try again what failed.
    "make_due_reports": {
        "task": "reports.tasks.make_due_reports",
        "schedule": crontab(minute=20),
        "options": {"expires": 3000},
    },
    # A reminder is of use while the teachers are still at school.
    "remind_at_cut_off": {
        "task": "homework.tasks.remind_at_cut_off",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    # Before the county's day begins: what became overdue at midnight is the first thing she is told.
    "escalate_overdue_feedback": {
        "task": "homework.tasks.escalate_overdue_feedback",
        "schedule": crontab(hour=7, minute=40),
        "options": {"expires": 4 * 3600},
    },
    # Before the principal's day begins: what yesterday left is the first thing that she is told.
    "open_due_findings": {
        "task": "inspections.tasks.open_due_findings",
        "schedule": crontab(hour=6, minute=30),
        "options": {"expires": 4 * 3600},
    },
    "pass_on_delays": {
        "task": "inspections.tasks.pass_on_delays",
        "schedule": crontab(hour=7, minute=20),
        "options": {"expires": 4 * 3600},
    },
    # Before offices open: an institution that is about to close its doors does not wait.
    "look_for_risks": {
        "task": "training.tasks.look_for_risks",
        "schedule": crontab(hour=6, minute=50),
        "options": {"expires": 4 * 3600},
    },
    # In the morning, while the day is still there for an answer.
    "remind_of_complaints": {
        "task": "inspections.tasks.remind_of_complaints",
        "schedule": crontab(hour=8, minute=10),
        "options": {"expires": 4 * 3600},
    },
    # At night: off-work times were set by day, and the morning's list should show verdicts by them.
    "judge_plans": {
        "task": "afterschool.tasks.judge_plans",
        "schedule": crontab(hour=2, minute=40),
        "options": {"expires": 3600},
    },
    # Before the earliest school opens, and again before service begins: with what came on a timetable that morning.
    "make_sessions": {
        "task": "afterschool.tasks.make_sessions",
        "schedule": crontab(hour="5,12", minute=30),
        "options": {"expires": 3 * 3600},
    },
    # At night nobody looks for what she read long ago.
    "forget_old": {
        "task": "accounts.tasks.forget_old",
        "schedule": crontab(hour=4, minute=20),
        "options": {"expires": 3600},
    },
    # At night nobody calls a roll; a name whose year is over is gone before the next day begins.
    "erase_old_pupils": {
        "task": "afterschool.tasks.erase_old_pupils",
        "schedule": crontab(hour=2, minute=40),
        "options": {"expires": 3600},
    },
    # At night nobody posts; the morning's first page should show proven figures.
    "reconcile": {
        "task": "reports.tasks.reconcile_recent",
        "schedule": crontab(hour=3, minute=10),
        "options": {"expires": 3600},
    },
}
