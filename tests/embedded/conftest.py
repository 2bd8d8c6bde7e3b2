"""A var/ folder that the servers' user can enter, and runs of the launcher as processes of their own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded import postgres, redis, servers
from embedded.account import server_account, server_home
from embedded.environment import ROOT

HOLD = """
import sys
from pathlib import Path
from embedded import servers
with servers.shared(Path(sys.argv[1]), servers.Wanted()) as urls:
    print(urls.database, urls.redis, flush=True)
    sys.stdin.read()
"""


class Run:
    """A run of the launcher that keeps the servers in use until it is told to leave, or killed."""

    def __init__(self, var: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(var)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.urls = servers.Urls(*self.process.stdout.readline().split())

    def leave(self) -> None:
        self.process.communicate("")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def var() -> Iterator[Path]:
    """Not below tmp_path, which only we may enter."""
    parent = Path(tempfile.mkdtemp(prefix="shuangjian-launcher-"))
    parent.chmod(0o755)
    var = parent / "var"
    yield var
    if var.is_dir():
        found = the_servers(var)
        found.stop()
        servers.remove(parent, found.cluster.sockets)
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture
def start_run(var: Path) -> Iterator[Callable[[], Run]]:
    runs: list[Run] = []

    def start() -> Run:
        runs.append(Run(var))
        return runs[-1]

    yield start
    for run in runs:
        run.kill()


def the_servers(var: Path) -> servers.Servers:
    account = server_account()
    return servers.servers_in(server_home(var, account), account, is_durable=True, outlives_us=True)


def postgres_pid(var: Path) -> int | None:
    found = postgres.postmaster(the_servers(var).cluster.data)
    return found.pid if found else None


def redis_pid(var: Path) -> int | None:
    return redis.running_pid(the_servers(var).redis)


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")
