"""A real worker on the test's own database and queue, which can be killed."""

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from django.db import connection

from embedded import programs
from embedded.environment import ROOT
from embedded.processes import die_with_parent

STOP_SECONDS = 30


def environment() -> dict[str, str]:
    """Ours, where DATABASE_URL names pytest-django's database."""
    url, question, options = os.environ["DATABASE_URL"].partition("?")
    database = f"{url.rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    return os.environ | {"DATABASE_URL": f"{database}{question}{options}"}


class Worker:
    """Runs from now on, in a session of its own; `log` is what it says."""

    def __init__(self, log: Path, **changed: str) -> None:
        self.log = log
        self.process = self._start(environment() | changed)

    def _start(self, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                programs.worker().command,
                env=variables,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def kill(self) -> None:
        """`kill -9` of the worker and all its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        self.kill()
