"""Django's settings. Posts live in data/journal.db, beside the code."""

import os
import secrets
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
DATA = FOLDER / "data"
DATA.mkdir(exist_ok=True)

# Nothing here is signed for longer than one run; set SECRET_KEY when logins come in.
SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_hex(32)
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "journal.urls"
INSTALLED_APPS = ["django.contrib.staticfiles", "journal"]
# There are no logins and no cookies, so no other site can act in a visitor's name: no CSRF tokens.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "journal.db",
        "OPTIONS": {"timeout": 10, "transaction_mode": "IMMEDIATE"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The page is also shown in a frame, and over plain HTTP, where browsers refuse this header.
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
