"""The settings refuse what is unsafe or unknown, and .env.example lists every name they read."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

from embedded.environment import known_names
from shuangjian.celery import app

ROOT = Path(settings.BASE_DIR)
# Read from the environment only, since it says whether .env is read at all.
NOT_IN_DOTENV = {"READ_DOTENV"}
SAFE = {
    "READ_DOTENV": "off",
    "SECRET_KEY": "k" * 50,
    "DATABASE_URL": "postgresql://db.example.cn/shuangjian",
    "REDIS_URL": "redis://redis.example.cn/0",
}


def names_read(file: Path) -> set[str]:
    """First arguments of env.str("X"), env_bool("X"), os.environ.get("X"), environment.get("X") and their like."""
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call) and node.args]
    return {
        call.args[0].value
        for call in calls
        if re.match(r"(env\.|env_|os\.environ\.|environment\.)", ast.unparse(call.func))
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
        and call.args[0].value.isupper()
    }


def load_settings(**variables: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process with only these variables."""
    environment = {"PATH": os.environ["PATH"]} | {name: value for name, value in variables.items() if value}
    code = "from shuangjian import settings; print(settings.CELERY_BROKER_URL, settings.DATABASES['default'])"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_the_example_lists_every_name_that_is_read():
    launcher = {name for file in (ROOT / "embedded").glob("*.py") for name in names_read(file)}
    # Those of the system and of the tests are nobody's settings.
    launcher -= {"PATH", "XDG_RUNTIME_DIR", "TEST_DATABASE_URL", "TEST_REDIS_URL"}
    assert names_read(ROOT / "shuangjian" / "settings.py") | launcher == known_names() | NOT_IN_DOTENV


def test_the_example_explains_every_name():
    lines = (ROOT / ".env.example").read_text().splitlines()
    for number, line in enumerate(lines):
        if re.match(r"(# )?[A-Z_]+=", line):
            assert re.search(r"[\u4e00-\u9fff]", lines[number - 1]), line


def test_safe_settings_load():
    assert load_settings(**SAFE).returncode == 0, load_settings(**SAFE).stderr


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "k" * 49}, "SECRET_KEY"),
        ({"HTTPS": "true"}, "HTTPS"),
        ({"HTTPS": "onn"}, "HTTPS"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"DEBUG": "on", "HTTPS": "on"}, "DEBUG"),
        ({"DEBUG": "on"}, "DEBUG"),  # HTTPS is on unless switched off
        ({"ALLOWED_HOSTS": "a.example.cn,*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///db"}, "DATABASE_URL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({"REDIS_URL": "memory://"}, "REDIS_URL"),
        ({"HALF_MONTH_CUT_OFF_DAYS": "8"}, "HALF_MONTH_CUT_OFF_DAYS"),
        ({"RETURN_DUE_DAYS_COUNTY": "3"}, "RETURN_DUE_DAYS"),
        ({"MONTH_RETURN_DUE_DAYS_CITY": "1"}, "MONTH_RETURN_DUE_DAYS"),
        ({"FORM_DECIMALS": "3"}, "FORM_DECIMALS"),
        ({"WITHIN_LIMIT_SHARE": "101"}, "WITHIN_LIMIT_SHARE"),
        ({"ACTIVATION_CODE_DAYS": "0"}, "ACTIVATION_CODE_DAYS"),
        ({"WEBHOOK_HOSTS": "https://robot.example.cn"}, "WEBHOOK_HOSTS"),
        ({"WEBHOOK_HOSTS": "127.0.0.1"}, "WEBHOOK_HOSTS"),
        ({"WEBHOOK_HOSTS": "robot.example.cn:8080"}, "WEBHOOK_HOSTS"),
    ],
)
def test_unsafe_or_unknown_values_are_refused(changed, word):
    loaded = load_settings(**SAFE | changed)
    assert loaded.returncode == 1
    assert f"ImproperlyConfigured: {word}" in loaded.stderr


def test_the_embedded_servers_urls_are_understood():
    urls = {"DATABASE_URL": "postgresql://postgres@/sj?host=/run/sj", "REDIS_URL": "unix:///run/sj/redis.sock?db=3"}
    loaded = load_settings(**SAFE | urls).stdout
    assert loaded.startswith("redis+socket:///run/sj/redis.sock?virtual_host=3 ")
    assert "'host': '/run/sj'" in loaded
    assert "'NAME': 'sj'" in loaded


def test_each_test_process_has_a_redis_database_of_its_own(redis_client):
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    cache.set("probe", 1)
    assert redis_client.connection_pool.connection_kwargs["db"] == int(number)
    assert redis_client.exists("test:1:probe")
    with app.connection() as broker:
        assert broker.default_channel.client.connection_pool.connection_kwargs["db"] == int(number)


def test_the_cache_is_empty_at_first():
    assert cache.get("probe") is None
