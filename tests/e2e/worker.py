"""A real worker on the test's own database and queue, which can be killed."""

import os
import signal
import subprocess
from pathlib import Path

from django.db import connection

from embedded import programs
from embedded.environment import ROOT
from embedded.processes import die_with_parent


def environment() -> dict[str, str]:
    """Ours, where DATABASE_URL names pytest-django's database."""
    url, question, options = os.environ["DATABASE_URL"].partition("?")
    database = f"{url.rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    return os.environ | {"DATABASE_URL": f"{database}{question}{options}"}


class Worker:
    """Runs from now on, in a session of its own, and writes what it says into `log`. `changed`: of its environment."""

    def __init__(self, log: Path, **changed: str) -> None:
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                programs.worker().command,
                env=environment() | changed,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def kill(self) -> None:
        """`kill -9` of the worker and all its children; one that is dead already stays so."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
