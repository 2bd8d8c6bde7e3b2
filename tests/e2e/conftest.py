"""A real browser, a real worker, and waiting for what other processes do."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from accounts.models import User
from embedded.environment import VAR
from embedded.processes import wait_until
from tests.e2e.worker import Worker

# Generous, since a busy machine is no fault of the product.
WAIT_SECONDS = 60
PAGE_SECONDS = 20
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def browser() -> Iterator[Browser]:
    """One per test: while it lives, its event loop runs in this thread, which charts and printing do not expect."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        # With the loop there, Django takes every query for one from a coroutine, and opens a connection apart for it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "on"
        expect.set_options(timeout=PAGE_SECONDS * 1000)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
        connections.close_all()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_window(browser: Browser, live_server) -> Iterator[Callable[..., BrowserContext]]:
    """`open_window(size, **options)`: a browser of its own, signed out."""
    contexts = []

    def make(size: dict[str, int], **options: object) -> BrowserContext:
        context = browser.new_context(base_url=live_server.url, viewport=size, locale="zh-CN", **options)
        context.set_default_timeout(PAGE_SECONDS * 1000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


def enter(context: BrowserContext, user: User, url: str) -> None:
    """Sign in without the page."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.sign_in.PhoneBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": url}])


@pytest.fixture
def start_worker(transactional_db, redis_client: redis.Redis, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """`start_worker(NAME=value)`: with the environment so changed. What earlier tests left in the queue is gone."""
    redis_client.flushdb()
    workers: list[Worker] = []
    log = tmp_path / "worker.log"

    def start(**changed: str) -> Worker:
        workers.append(Worker(log, **changed))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
    if log.exists():
        sys.stderr.write(log.read_text())  # shown when the test has failed


@pytest.fixture
def reachable_folder() -> Iterator[Path]:
    """Unlike tmp_path it can be entered by the user whom root's servers run as."""
    folder = Path(tempfile.mkdtemp(prefix="shuangjian-e2e-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def wait_for(condition: Callable[[], object]) -> None:
    """Until another process has made it true."""
    assert wait_until(lambda: bool(condition()), WAIT_SECONDS)


def snap(page: Page, name: str) -> None:
    """A picture of the window into var/screenshots/, when E2E_SCREENSHOTS=on asks for it."""
    if os.environ.get("E2E_SCREENSHOTS") == "on":
        folder = VAR / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{re.sub(r'[^a-z0-9-]+', '-', name)}.png")
