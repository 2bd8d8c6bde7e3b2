"""The product as gunicorn serves it, with bare views beside its pages and the clock at a moment of the bench city."""

import os

import django
from django.conf import settings
from django.utils import timezone

from bench.web import NOW

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuangjian.settings")
settings.ROOT_URLCONF = "bench.urls"
# The manifest of hashed names exists only after collectstatic.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
timezone.now = lambda: NOW

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402 - only once Django is set up

application = WSGIHandler()
