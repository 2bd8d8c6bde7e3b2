"""The environment of the programs we start: the user's own and .env, with the servers' URLs filled in."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

import environ

from embedded.messages import LaunchError
from embedded.servers import Urls, Wanted

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
# A name at the start of a line; in .env.example one that is not set stands behind "# ".
SET_NAME = re.compile(r"^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=", re.MULTILINE)
LISTED_NAME = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]*)=", re.MULTILINE)


def known_names() -> set[str]:
    """Every name .env.example lists."""
    return set(LISTED_NAME.findall((ROOT / ".env.example").read_text()))


def read_dotenv() -> None:
    """Take .env into our environment, where it changes nothing already set. A name nobody knows raises LaunchError."""
    file = ROOT / ".env"
    if os.environ.get("READ_DOTENV", "on") != "on" or not file.is_file():
        return
    unknown = sorted(set(SET_NAME.findall(file.read_text())) - known_names())
    if unknown:
        raise LaunchError(
            f".env 里有不认识的名称：{'、'.join(unknown)}，请对照 .env.example 改正。"
            f"Unknown name in .env: see .env.example."
        )
    environ.Env.read_env(file)


def wanted_servers(environment: Mapping[str, str]) -> Wanted:
    """Those whose URL nobody gave."""
    return Wanted(postgres=not environment.get("DATABASE_URL"), redis=not environment.get("REDIS_URL"))


def with_servers(urls: Urls) -> dict[str, str]:
    """Our environment, with the URLs of the servers we started."""
    started = {"DATABASE_URL": urls.database, "REDIS_URL": urls.redis}
    return dict(os.environ) | {name: url for name, url in started.items() if url}


def given_for_tests() -> Urls:
    """The real servers the tests shall use; empty where they use throw-away ones."""
    return Urls(os.environ.get("TEST_DATABASE_URL", ""), os.environ.get("TEST_REDIS_URL", ""))


def for_tests(started: Urls) -> dict[str, str]:
    """The same on every machine: neither .env nor a setting in the user's shell is seen."""
    given = given_for_tests()
    kept = {name: value for name, value in os.environ.items() if name not in known_names()}
    return kept | {
        "READ_DOTENV": "off",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": given.database or started.database,
        "REDIS_URL": given.redis or started.redis,
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "HTTPS": "off",
    }


def as_in_production(environment: Mapping[str, str]) -> dict[str, str]:
    return dict(environment) | {"HTTPS": "on", "DEBUG": "off", "ALLOWED_HOSTS": "shuangjian.example.cn"}
