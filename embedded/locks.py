"""Locks between runs of the launcher. The kernel drops them with the process, so none is ever stale."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from embedded.messages import LaunchError, say

GATE_SECONDS = 120


def try_lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def holder(file: IO[str]) -> str:
    """The process id its holder wrote into the lock file."""
    file.seek(0)
    return file.read().strip() or "?"


def sign(file: IO[str]) -> None:
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()


@contextmanager
def only_one_run(path: Path) -> Iterator[None]:
    """Held by `make run` as long as it lives. Raises LaunchError when another one holds it."""
    with path.open("a+") as file:
        if not try_lock(file, fcntl.LOCK_EX):
            raise LaunchError(
                f"本目录已有一个 make run 在运行（进程 {holder(file)}），请先停掉它。"
                f"Another `make run` of this checkout is running: stop it first."
            )
        sign(file)
        yield


@contextmanager
def gate(path: Path, seconds: float = GATE_SECONDS) -> Iterator[None]:
    """Held while the servers are started or stopped. Waits for another run; raises LaunchError after `seconds`."""
    with path.open("a+") as file:
        deadline = time.monotonic() + seconds
        announced = False
        while not try_lock(file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise LaunchError(
                    f"另一个命令（进程 {holder(file)}）一直占着 {path}，请等它结束或停掉它再试。"
                    f"The lock is held by another run: wait for it or stop it."
                )
            if not announced:
                say(
                    f"另一个命令（进程 {holder(file)}）正在启动或停止服务器，等待中……",
                    "Waiting for another run to start or stop the servers.",
                )
                announced = True
            time.sleep(0.1)
        sign(file)
        yield
