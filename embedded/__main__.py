"""The commands behind the Makefile: python -m embedded run | worker | manage | demo | test | types | check | bench."""

import errno
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from embedded import environment, locks, programs, servers
from embedded.environment import ROOT, VAR
from embedded.messages import LaunchError, complain, disk_full, say
from embedded.processes import run_in_front
from embedded.supervisor import Supervisor

PYTHON = sys.executable
MANAGE = [PYTHON, "manage.py"]


@contextmanager
def own_servers() -> Iterator[dict[str, str]]:
    """The environment of the product's programs, with the user's servers running."""
    environment.read_dotenv()
    with servers.shared(VAR, environment.wanted_servers(os.environ)) as urls:
        yield environment.with_servers(urls)


@contextmanager
def throw_away_servers(parent: Path, *, is_durable: bool) -> Iterator[dict[str, str]]:
    """The environment of tests and measurements, with servers that hold nothing before and are gone after."""
    given = environment.given_for_tests()
    wanted = servers.Wanted(postgres=not given.database, redis=not given.redis)
    with servers.throw_away(parent, wanted, is_durable=is_durable) as urls:
        yield environment.for_tests(urls)


def in_front(command: Sequence[str], variables: dict[str, str]) -> int:
    return run_in_front(command, variables, ROOT)


def run(arguments: Sequence[str]) -> int:
    """Web, worker and beat until Ctrl-C."""
    environment.read_dotenv()
    VAR.mkdir(exist_ok=True)
    with locks.only_one_run(VAR / "run.lock"):
        port = programs.free_port(os.environ.get("PORT", ""))
        with own_servers() as variables:
            say("正在启动网页、任务和定时程序，按 Ctrl-C 停止……", "Starting web, worker and beat; Ctrl-C stops them.")
            return Supervisor([programs.web(port), programs.worker(), programs.beat()], variables, ROOT).run()


def worker(arguments: Sequence[str]) -> int:
    """One more worker, without web and beat."""
    with own_servers() as variables:
        return Supervisor([programs.worker()], variables, ROOT).run()


def manage(arguments: Sequence[str]) -> int:
    with own_servers() as variables:
        return in_front([*MANAGE, *arguments], variables)


def demo(arguments: Sequence[str]) -> int:
    """The demo city, its roll-ups and reports made by a real worker."""
    with own_servers() as variables:
        status = in_front([*MANAGE, "migrate", "--noinput", "--verbosity", "0"], variables)
        if status:
            return status
        with programs.running_beside(programs.worker(), variables, ROOT):
            return in_front([*MANAGE, "demo", *arguments], variables)


def test(arguments: Sequence[str]) -> int:
    with throw_away_servers(Path(tempfile.gettempdir()), is_durable=False) as variables:
        # Each process of pytest has a Redis database of its own, and there are 16.
        return in_front([PYTHON, "-m", "pytest", "-n", "auto", "--maxprocesses", "16", *arguments], variables)


def types(arguments: Sequence[str]) -> int:
    """mypy reads the settings through its Django plugin, but connects to nothing."""
    nowhere = servers.Urls(database="postgresql:///nowhere", redis="unix:///nowhere")
    return in_front([PYTHON, "-m", "mypy", *arguments], environment.for_tests(nowhere))


def check(arguments: Sequence[str]) -> int:
    """Those checks that need a database: missing migrations, unsafe settings."""
    with throw_away_servers(Path(tempfile.gettempdir()), is_durable=False) as variables:
        production = environment.as_in_production(variables)
        checks = [
            [*MANAGE, "makemigrations", "--check", "--dry-run"],
            [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
        ]
        return max([in_front(command, production) for command in checks])


def bench(arguments: Sequence[str]) -> int:
    """On durable servers of its own, on the disk where the user's data lie."""
    VAR.mkdir(exist_ok=True)
    account = servers.server_account()
    with throw_away_servers(servers.server_home(VAR, account), is_durable=True) as variables:
        migrated = in_front([*MANAGE, "migrate", "--noinput", "--verbosity", "0"], variables)
        return migrated or in_front([PYTHON, "-m", "bench", *arguments], variables)


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "worker": worker,
    "manage": manage,
    "demo": demo,
    "test": test,
    "types": types,
    "check": check,
    "bench": bench,
}


def end_politely(number: int, _: object) -> None:
    """So that a SIGTERM runs the same clean-up as Ctrl-C."""
    raise SystemExit(128 + number)


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in COMMANDS:
        say(f"用法：python -m embedded {' | '.join(COMMANDS)}", "Usage.")
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_politely)
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except LaunchError as error:
        complain(error)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        complain(disk_full(error.filename or VAR))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
