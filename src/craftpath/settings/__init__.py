"""Django's settings, all of them from the environment, with defaults that just work.

    CRAFTPATH_HOME           data folder: database, uploads, keys (default: ./var)
    DATABASE_URL             default: SQLite in the data folder
    CRAFTPATH_PACK           the jurisdiction (default: guangdong)
    CRAFTPATH_HOSTS          host names, by commas (default: localhost,127.0.0.1,[::1])
    CRAFTPATH_SITE           the address at which the public reaches it, as it stands in everything
                             that is signed (default: http://127.0.0.1:8000, under which nothing
                             is issued but in a demonstration); never changed later
    CRAFTPATH_SIGNERS        dotted paths of further signers, by commas (an HSM, an SM2 module)
    CRAFTPATH_CHECKS_PER_MINUTE  certificates that an address may have checked (default: 30); 0: any
    CRAFTPATH_HTTPS          1: cookies and redirects for HTTPS, behind a proxy that is believed
    CRAFTPATH_SECOND_FACTOR  required (default): officials and auditors need one; off: nobody does
    CRAFTPATH_TODAY          a day to take for today, for demonstrations and tests
    CRAFTPATH_API_TOKEN_PER_MINUTE, CRAFTPATH_API_ADDRESS_PER_MINUTE
                             requests to the interface by a token (default: 600), and by an
                             address without one (60); 0: no limit
    CRAFTPATH_OIDC_*         NAME, ISSUER, CLIENT_ID, CLIENT_SECRET: log in with that provider
    CRAFTPATH_DEBUG          1: Django's own error pages; never on a real site

and the keys of `craftpath.settings.keys`. `docs/running.md` tells how they are set for real.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import dj_database_url

from craftpath.access.demonstration import declared
from craftpath.settings.keys import read_keys

_HERE = Path(__file__).resolve().parent.parent


def _on(name: str) -> bool:
    return os.environ.get(name, "") == "1"


CRAFTPATH_HOME = Path(os.environ.get("CRAFTPATH_HOME", "var")).resolve()
CRAFTPATH_PACK = os.environ.get("CRAFTPATH_PACK", "guangdong")
CRAFTPATH_SECOND_FACTOR = os.environ.get("CRAFTPATH_SECOND_FACTOR", "required")
CRAFTPATH_TODAY = (
    dt.date.fromisoformat(os.environ["CRAFTPATH_TODAY"])
    if os.environ.get("CRAFTPATH_TODAY")
    else None
)

_keys = read_keys(CRAFTPATH_HOME)
SECRET_KEY = _keys["CRAFTPATH_SECRET_KEY"]
CRAFTPATH_IDENTITY_KEY = _keys["CRAFTPATH_IDENTITY_KEY"]
CRAFTPATH_AUDIT_KEY = _keys["CRAFTPATH_AUDIT_KEY"]

DEBUG = _on("CRAFTPATH_DEBUG")
ALLOWED_HOSTS = os.environ.get("CRAFTPATH_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",  # the page of sessions counts back in words
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "craftpath.audit",
    "craftpath.access",
    "craftpath.registry",
    "craftpath.programmes",
    "craftpath.credentials",
    "craftpath.assessment",
    "craftpath.api",
    "craftpath.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "craftpath.web.middleware.ContentSecurity",
    "craftpath.web.middleware.WhoAsks",
    "craftpath.web.middleware.Bodies",
    "craftpath.web.middleware.SecondFactor",
    "craftpath.web.middleware.Refusals",
]

ROOT_URLCONF = "craftpath.web.urls"
WSGI_APPLICATION = "craftpath.web.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "DIRS": [_HERE / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.static",
                "craftpath.web.templatetags.craftpath",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "craftpath.web.context.site",
            ],
        },
    }
]

# --- database ------------------------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": dj_database_url.config(
        default=f"sqlite:///{CRAFTPATH_HOME / 'craftpath.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Measured with 8 writers on one counter: no lock error, against 38 with Django's defaults.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Rate limits count here; a file each, so that all processes of the site see one count.
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": CRAFTPATH_HOME / "cache",
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- who is who ----------------------------------------------------------------------------

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
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
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "craftpath.web.adapters.NobodySignsUp"
SOCIALACCOUNT_ADAPTER = "craftpath.web.adapters.OnlyKnownPeople"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_ADAPTER = "craftpath.web.adapters.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "craftpath 匠途"
# Not at every click: it would make each look at a page a write.
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
# Half of it is none: `craftpath check` names what lacks.
if all(
    (
        os.environ.get("CRAFTPATH_OIDC_ISSUER"),
        os.environ.get("CRAFTPATH_OIDC_CLIENT_ID"),
        os.environ.get("CRAFTPATH_OIDC_CLIENT_SECRET"),
    )
):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": os.environ.get("CRAFTPATH_OIDC_NAME", "OpenID Connect"),
                "client_id": os.environ["CRAFTPATH_OIDC_CLIENT_ID"],
                "secret": os.environ["CRAFTPATH_OIDC_CLIENT_SECRET"],
                "settings": {"server_url": os.environ["CRAFTPATH_OIDC_ISSUER"]},
            }
        ],
    }

# A session ends after half an hour without a click, and after twelve hours in any case
# (`craftpath.web.middleware.WhoAsks` holds the second).
SESSION_COOKIE_AGE = 30 * 60
CRAFTPATH_SESSION_HOURS = 12

# --- the interface for programs ------------------------------------------------------------

CRAFTPATH_API_TOKEN_PER_MINUTE = int(os.environ.get("CRAFTPATH_API_TOKEN_PER_MINUTE", "600"))
CRAFTPATH_API_ADDRESS_PER_MINUTE = int(os.environ.get("CRAFTPATH_API_ADDRESS_PER_MINUTE", "60"))

# --- certificates and cards ----------------------------------------------------------------

CRAFTPATH_SITE = (
    os.environ.get("CRAFTPATH_SITE") or declared(CRAFTPATH_HOME) or "http://127.0.0.1:8000"
).rstrip("/")
CRAFTPATH_CHECKS_PER_MINUTE = int(os.environ.get("CRAFTPATH_CHECKS_PER_MINUTE", "30"))
# Nothing else is ever imported by the name that a key's row gives.
CRAFTPATH_SIGNERS = [
    "craftpath.credentials.signers.Sealed",
    *filter(None, os.environ.get("CRAFTPATH_SIGNERS", "").split(",")),
]

# --- words and days ------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- files ---------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = CRAFTPATH_HOME / "static"
STATICFILES_DIRS = [_HERE / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Uploads are never served as files: a page checks who asks and streams them.
MEDIA_ROOT = CRAFTPATH_HOME / "uploads"
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 << 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# The largest sheet that is taken (50 MB) and the form around it; deploy/nginx.conf says the same.
CRAFTPATH_MAX_BODY = 52 << 20
FILE_UPLOAD_PERMISSIONS = 0o600

# --- safety --------------------------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if _on("CRAFTPATH_HTTPS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    MIDDLEWARE.insert(0, "craftpath.web.proxy.AddressFromProxy")
CSRF_TRUSTED_ORIGINS = [
    f"https://{host}" for host in ALLOWED_HOSTS if _on("CRAFTPATH_HTTPS") and host != "*"
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "craftpath.access.masking.MaskFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["mask"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "WARNING"},
        "craftpath": {"level": "INFO"},
        "numexpr": {"level": "WARNING"},  # tells how many threads it has, at every start
    },
}
