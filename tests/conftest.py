"""What every test stands on: a Redis database per process, plain static files, cheap passwords, an empty cache.

The servers themselves are started by `python -m embedded test`, before the settings are read.
"""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import hypothesis
import pytest
import redis
from django.conf import settings
from django.test.utils import override_settings

pytest_plugins = ["tests.fixtures"]

CACHE_PREFIX = "test"


def redis_url_of_this_process() -> str:
    """The URL we were given, with the number of our pytest-xdist process as the database's."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = os.environ["REDIS_URL"]
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    return urlsplit(url)._replace(path=f"/{number}", query="").geturl()


def broker_url(redis_url: str) -> str:
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")


def pytest_configure() -> None:
    # How long an example takes is for bench/ to say: a busy machine fails no test.
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")
    # In the environment too, for the programs that a test starts.
    os.environ["REDIS_URL"] = url = redis_url_of_this_process()
    override_settings(
        REDIS_URL=url,
        CELERY_BROKER_URL=broker_url(url),
        CACHES={
            "default": {**settings.CACHES["default"], "LOCATION": url, "KEY_PREFIX": CACHE_PREFIX},
        },
        # The manifest of hashed names exists only after collectstatic.
        STORAGES={
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ).enable()


@pytest.fixture(scope="session")
def redis_client() -> Iterator[redis.Redis]:
    """The Redis database of this process, shared with the cache and the broker."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        yield client


@pytest.fixture(autouse=True)
def empty_cache(redis_client: redis.Redis) -> None:
    """cache.clear() would empty the whole database, and with it the queues of a worker that is running."""
    for key in redis_client.scan_iter(f"{CACHE_PREFIX}:*", count=1000):
        redis_client.delete(key)


@pytest.fixture(scope="session", autouse=True)
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Uploaded files lie where they are thrown away."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("uploads")):
        yield
