"""Starting, watching and stopping processes, our own and ones found running."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from embedded.account import Account

Command = Sequence[str | Path]
Condition = Callable[[], bool]

PR_SET_PDEATHSIG = 1
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PROC = Path("/proc")
# Loaded here, not between fork and exec, where only little is safe.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

# Servers need nothing of the user's environment; their messages are read by us, so they are English.
SERVER_ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """For preexec_fn: the kernel sends `number` when our process ends in any way, `kill -9` included. Linux only."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, number)


def start_server(command: Command, account: Account, log: Path, *, outlives_us: bool) -> int:
    """Start a server in a session of its own, where the terminal's Ctrl-C does not reach it; returns its pid.

    SIGINT, which it gets when it may not outlive us, is a quick clean stop for PostgreSQL and Redis alike.
    """
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            cwd="/",
            env=SERVER_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=None if outlives_us else partial(die_with_parent, signal.SIGINT),
            **account.popen_options(),
        )
    child.returncode = 0  # it is watched by its pid, like the ones found running
    return child.pid


def run_in_front(command: Command, environment: Mapping[str, str], folder: Path) -> int:
    """Run a program that has the terminal, and return its exit status.

    Ctrl-C reaches it from the terminal by itself; a SIGTERM or SIGHUP sent to us is passed on.
    """
    child = subprocess.Popen(command, env=environment, cwd=folder, preexec_fn=die_with_parent)
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    signal.signal(signal.SIGINT, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: child.terminate())
    try:
        status = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status if status >= 0 else 128 - status


def exists(pid: int) -> bool:
    """Whether the number is taken, be it by a zombie."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def is_running(pid: int) -> bool:
    """A zombie is not running, even where nobody ever buries it."""
    if not exists(pid):
        return False
    with suppress(OSError):
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def works_in(pid: int, folder: Path) -> bool:
    """Whether the running process has `folder` as its working directory; assumed where the system does not tell."""
    if not PROC.is_dir():
        return True
    with suppress(OSError):
        return (PROC / str(pid) / "cwd").readlink() == folder.resolve()
    return False


def wait_until(condition: Condition, seconds: float) -> bool:
    """Whether `condition` came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def undisturbed() -> Iterator[None]:
    """Holds Ctrl-C and the other requests to stop back while we are stopping already."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def stop(pid: int, *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn, and wait for the seconds beside it, until the process has ended."""
    for number, seconds in steps:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_until(lambda: not is_running(pid), seconds):
            return
