"""The project: settings, URLs and the entry points of the web server and the worker."""

from shuangjian.celery import app as celery_app

__all__ = ["celery_app"]
