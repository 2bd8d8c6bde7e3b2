"""Both servers together: the user's own ones, shared between runs, and throw-away ones."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from embedded import locks, postgres, processes, redis
from embedded.account import Account, own_folder, require_free_space, server_account, server_home, socket_folder

# PostgreSQL's log must have room to grow even when the tables do not.
FREE_MEGABYTES = 300
LOG_BYTES = 10 * 2**20


@dataclass(frozen=True)
class Wanted:
    """Which of the two to start; the other one is somebody else's, named by its URL."""

    postgres: bool = True
    redis: bool = True


@dataclass(frozen=True)
class Urls:
    """Where the started servers listen, as DATABASE_URL and REDIS_URL; empty for one that was not wanted."""

    database: str = ""
    redis: str = ""


@dataclass(frozen=True)
class Servers:
    home: Path
    cluster: postgres.Cluster
    redis: redis.Redis

    def start(self, wanted: Wanted) -> Urls:
        """Start what does not run yet. Raises LaunchError."""
        require_free_space(self.home, FREE_MEGABYTES)
        own_folder(self.cluster.sockets, self.cluster.account)
        database_url = redis_url = ""
        if wanted.postgres:
            programs = postgres.find_programs(self.cluster.data, self.home, self.cluster.account)
            database_url = postgres.start(self.cluster, programs).url
        if wanted.redis:
            redis.start(self.redis, redis.find_program(self.home, self.redis.account))
            redis_url = self.redis.url
        return Urls(database_url, redis_url)

    def stop(self) -> None:
        redis.stop(self.redis)
        postgres.stop(self.cluster)
        with suppress(OSError):
            self.cluster.sockets.rmdir()


def servers_in(home: Path, account: Account, *, is_durable: bool, outlives_us: bool) -> Servers:
    logs = home / "log"
    logs.mkdir(exist_ok=True)
    sockets = socket_folder(home, account)
    cluster = postgres.Cluster(
        home / "postgres", sockets, kept_short(logs / "postgres.log"), account, is_durable, outlives_us
    )
    redis_data = own_folder(home / "redis", account)
    return Servers(
        home,
        cluster,
        redis.Redis(redis_data, sockets, kept_short(logs / "redis.log"), account, is_durable, outlives_us),
    )


def kept_short(log: Path) -> Path:
    """The same path; what was written before is put aside once it is long."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    return log


@contextmanager
def shared(var: Path, wanted: Wanted) -> Iterator[Urls]:
    """The user's servers, started unless another run, or a killed one, left them running. The last run out stops them.

    Each run holds a shared lock while it uses them; whoever can make that lock exclusive at the end was the last.
    """
    account = server_account()
    servers = servers_in(server_home(var, account), account, is_durable=True, outlives_us=True)
    gate = var / "gate.lock"
    with (var / "users.lock").open("a+") as users:
        with locks.gate(gate):
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                urls = servers.start(wanted)
            except BaseException:
                stop_if_last(users, servers)
                raise
        try:
            yield urls
        finally:
            with processes.undisturbed(), locks.gate(gate):
                stop_if_last(users, servers)


def stop_if_last(users: IO[str], servers: Servers) -> None:
    if locks.try_lock(users, fcntl.LOCK_EX):
        servers.stop()


@contextmanager
def throw_away(parent: Path, wanted: Wanted, *, is_durable: bool) -> Iterator[Urls]:
    """Servers in a new folder below `parent`, gone with their data at the end, and soon after us if we are killed."""
    account = server_account()
    sweep(parent)
    home = Path(tempfile.mkdtemp(prefix="throw-away-shuangjian-", dir=parent))
    os.chown(home, account.uid, account.gid)
    servers = servers_in(home, account, is_durable=is_durable, outlives_us=False)
    with (home / "users.lock").open("a+") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        try:
            yield servers.start(wanted)
        finally:
            with processes.undisturbed():
                servers.stop()
                remove(home, servers.cluster.sockets)


def remove(home: Path, sockets: Path) -> None:
    shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Remove what killed runs of ours left behind: folders whose lock nobody holds."""
    account = server_account()
    for home in parent.glob("throw-away-shuangjian-*"):
        lock = home / "users.lock"
        if home.lstat().st_uid != account.uid or not lock.is_file():
            continue
        with lock.open("a+") as users:
            if locks.try_lock(users, fcntl.LOCK_EX):
                remove(home, socket_folder(home, account))
