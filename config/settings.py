"""Settings. The only file that reads the environment; `config/README.md` lists what each variable means."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config.database import aliases, role_dsns
from config.sign_in import *  # noqa: F403
from config.sign_in import SIGN_IN_APPS, SIGN_IN_MIDDLEWARE

_env = os.environ

BASE_DIR = Path(__file__).resolve().parent.parent

# embedded: `make up` and its sandbox; production: real servers; test: the test suite.
MODE = _env.get("ATTESTRY_MODE", "embedded")
# web, auditor, worker, dispatcher, beat, signer, manage, migrate, test: decides which database aliases exist.
PROCESS = _env.get("ATTESTRY_PROCESS", "manage")
if MODE not in {"embedded", "production", "test"}:
    raise RuntimeError("ATTESTRY_MODE is embedded, production or test.")
PRODUCTION = MODE == "production"
DEBUG = False

DATA = Path(_env.get("ATTESTRY_DATA", BASE_DIR / ".attestry"))
_KNOWN_KEY = "embedded-and-tests-only-never-in-production"
SECRET_KEY = _env.get("ATTESTRY_SECRET_KEY", "" if PRODUCTION else _KNOWN_KEY)
if PRODUCTION and (len(SECRET_KEY) < 32 or SECRET_KEY == _KNOWN_KEY):
    raise RuntimeError("Set ATTESTRY_SECRET_KEY to at least 32 random characters.")

HOST_URL = _env.get("ATTESTRY_HOST_URL", "http://localhost:8000").rstrip("/")
AUDITOR_URL = _env.get("ATTESTRY_AUDITOR_URL", "").rstrip("/")
ALLOWED_HOSTS = [urlsplit(url).hostname for url in (HOST_URL, AUDITOR_URL) if url] + (
    ["testserver"] if MODE == "test" else []
)
CSRF_TRUSTED_ORIGINS = [url for url in (HOST_URL, AUDITOR_URL) if url]
# The checkpoint origin: the host without its port, because a busy port must not look like another log.
LEDGER_HOST = _env.get("ATTESTRY_LEDGER_HOST", urlsplit(HOST_URL).hostname or "localhost")

# --- servers -----------------------------------------------------------------
DATABASE_URL = _env.get("DATABASE_URL", "postgresql://127.0.0.1:5432/attestry")
DB_PASSWORDS = {
    key.removeprefix("DB_PASSWORD_").lower(): value for key, value in _env.items() if key.startswith("DB_PASSWORD_")
}
ROLE_DSN = role_dsns(DATABASE_URL, DB_PASSWORDS)
DATABASES: dict[str, Any] = aliases(DATABASE_URL, DB_PASSWORDS, process=PROCESS)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = _env.get("REDIS_URL", "")
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache"
        if REDIS_URL
        else "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": REDIS_URL,
    }
}
CELERY_TIMEZONE = "UTC"

_SERVES_PAGES = PROCESS in {"web", "auditor"}
if PRODUCTION and _SERVES_PAGES and not all(url.startswith("https://") for url in CSRF_TRUSTED_ORIGINS):
    raise RuntimeError("ATTESTRY_HOST_URL and ATTESTRY_AUDITOR_URL begin with https:// in production.")
if PRODUCTION and _SERVES_PAGES and not REDIS_URL:
    # A process's own memory counts only the attempts that this process saw.
    raise RuntimeError("Set REDIS_URL: attempts to sign in are counted there, over all processes.")

# --- keys and evidence -------------------------------------------------------
KEY_FILE = Path(_env.get("ATTESTRY_KEY_FILE", DATA / "keys" / "master.key"))
SIGNER_KEY_FILE = Path(_env.get("ATTESTRY_SIGNER_KEY_FILE", DATA / "keys" / "signer.key"))
SIGNER_PUBLIC_KEY_FILE = Path(_env.get("ATTESTRY_SIGNER_PUBLIC_KEY_FILE", f"{SIGNER_KEY_FILE}.pub"))
SIGNER_STATE_FILE = Path(_env.get("ATTESTRY_SIGNER_STATE_FILE", DATA / "signer" / "state.json"))
BLOBS = Path(_env.get("ATTESTRY_BLOBS", DATA / "blobs"))
# A stand-in for AWS. Production talks to AWS and nothing else.
AWS_ENDPOINT = "" if PRODUCTION else _env.get("ATTESTRY_AWS_ENDPOINT", "")
# The AWS principal this installation runs as; trust policies of customers name it.
AWS_PRINCIPAL = _env.get("ATTESTRY_AWS_PRINCIPAL", "")

# --- sessions and mail -------------------------------------------------------
SESSION_TOKEN_COOKIE = ("__Host-" if PRODUCTION else "") + ("attestry_audit" if PROCESS == "auditor" else "attestry")
SESSION_TOKEN_SECONDS = (8 if PROCESS == "auditor" else 12) * 3600
MAIL = _env.get("ATTESTRY_MAIL", "smtp://localhost:25" if PRODUCTION else "page")
EMAIL_BACKEND = (
    "accounts.mail.PageBackend" if MAIL == "page" and not PRODUCTION else "django.core.mail.backends.smtp.EmailBackend"
)
if MAIL != "page":
    _mail = urlsplit(MAIL)
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or 587
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.username or "", _mail.password or ""
    EMAIL_USE_TLS = _mail.scheme == "smtps"
    EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _env.get("ATTESTRY_MAIL_FROM", "Attestry <no-reply@localhost>")

# --- Django ------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    *SIGN_IN_APPS,
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "organizations",
    "evidence",
    "inventory",
    "integrations",
    "compliance",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "organizations.api.errors.ApiErrorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    *SIGN_IN_MIDDLEWARE,
    "organizations.middleware.OrganizationMiddleware",
    "config.refusals.RefusalMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.person",
                "config.shell.context.shell",
            ],
            "builtins": ["config.shell.tags", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = Path(_env.get("ATTESTRY_STATIC", DATA / "static"))  # an image brings its own
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 365 * 24 * 3600
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
SILENCED_SYSTEM_CHECKS = ["fields.W342"]

# --- the browser -------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_NAME = SESSION_TOKEN_COOKIE + "_csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies stand in front, each adding to X-Forwarded-For: attempts are counted per address of the client.
ALLAUTH_TRUSTED_PROXY_COUNT = int(_env.get("ATTESTRY_TRUSTED_PROXIES", "1" if PRODUCTION else "0"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["config.no_files.NoFiles"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["organizations.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["organizations.api.rendering.JSONRenderer"],
    "EXCEPTION_HANDLER": "organizations.api.errors.answer_error",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Attestry API",
    "VERSION": "1",
    "DESCRIPTION": "Everything that the pages show, read with a token of one organization. Errors are RFC 9457 problem details.",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "APPEND_COMPONENTS": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": _env.get("ATTESTRY_LOG_LEVEL", "INFO")},
}
