"""A page as somebody opens it: seconds and queries."""

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from accounts.models import User
from bench import clock

# As in `make run`, but without its folder of collected files.
PLAIN = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def opened(who: User, url: str, said: dict[str, str] | None = None, *, runs: int = 5) -> tuple[float, int]:
    """The median of `runs`, and how often one of them asks the database."""
    with override_settings(STORAGES=PLAIN, ALLOWED_HOSTS=["testserver"]):
        client = Client()
        client.force_login(who, "accounts.sign_in.PhoneBackend")
        client.get(url, said)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url, said)
            asked = len(queries)
        assert page.status_code == 200
        return clock.median_seconds(lambda: client.get(url, said), runs=runs), asked
