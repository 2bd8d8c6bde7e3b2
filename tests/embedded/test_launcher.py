"""The command line, in a project of its own whose manage.py tells what it was given."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import environment, processes
from embedded.__main__ import main
from embedded.environment import ROOT, known_names
from tests.embedded.conftest import postgres_pid

MANAGE = """
import os, sys, time, psycopg2
if sys.argv[1:] == ["sleep"]:
    print(os.getpid(), flush=True)
    time.sleep(600)
url = os.environ["DATABASE_URL"]
if "@/" in url:
    psycopg2.connect(url).cursor().execute("SELECT 1")
print(*sys.argv[1:], url, os.environ["REDIS_URL"], os.environ.get("LOG_LEVEL", ""))
sys.exit(3)
"""


@pytest.fixture
def project() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="shuangjian-launcher-"))
    folder.chmod(0o755)
    shutil.copytree(ROOT / "embedded", folder / "embedded", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".env.example", folder)
    (folder / "manage.py").write_text(MANAGE)
    yield folder
    shutil.rmtree(folder)


def clean_environment() -> dict[str, str]:
    ours = known_names() | {"READ_DOTENV"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def launch(project: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "embedded", *arguments],
        cwd=project,
        env=clean_environment() | variables,
        capture_output=True,
        text=True,
    )


def test_a_management_command_gets_servers_that_are_stopped_after_it(project):
    done = launch(project, "manage", "some_command", "--option")
    words = done.stdout.split()
    assert done.returncode == 3, done.stderr
    assert words[:2] == ["some_command", "--option"]
    assert words[2].startswith("postgresql://postgres@/shuangjian?host=/")
    assert words[3].startswith("unix:///")
    assert postgres_pid(project / "var") is None


def test_a_request_to_stop_ends_the_command_and_then_the_servers(project):
    launcher = subprocess.Popen(
        [sys.executable, "-m", "embedded", "manage", "sleep"],
        cwd=project,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    command = int(launcher.stdout.readline())
    assert postgres_pid(project / "var")
    launcher.terminate()
    launcher.communicate()
    assert launcher.returncode == 128 + signal.SIGTERM
    assert not processes.is_running(command)
    assert postgres_pid(project / "var") is None


def test_a_disk_without_any_room_is_told_without_a_traceback(monkeypatch, capsys):
    def no_room() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/data/var")

    monkeypatch.setattr(environment, "read_dotenv", no_room)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # pytest keeps its own
    assert main(["manage"]) == 1
    assert "/data/var 所在的磁盘已满" in capsys.readouterr().err


def test_given_urls_are_used_and_no_server_is_started(project):
    (project / ".env").write_text("DATABASE_URL=postgresql://db.example.cn/sj\n")
    done = launch(project, "manage", REDIS_URL="redis://redis.example.cn/0")
    assert done.stdout.split() == ["postgresql://db.example.cn/sj", "redis://redis.example.cn/0"]
    assert not (project / "var" / "postgres").exists()


def test_the_environment_wins_over_dotenv(project):
    (project / ".env").write_text("DATABASE_URL=postgresql://a/a\nREDIS_URL=redis://a\nLOG_LEVEL=INFO\n")
    assert launch(project, "manage", LOG_LEVEL="ERROR").stdout.split()[-1] == "ERROR"
    assert launch(project, "manage").stdout.split()[-1] == "INFO"


def test_a_typing_error_in_dotenv_is_told(project):
    (project / ".env").write_text("LOGLEVEL=INFO\n# NOT_SET=1\n")
    done = launch(project, "manage")
    assert done.returncode == 1
    assert "LOGLEVEL" in done.stderr
    assert "NOT_SET" not in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_command_the_usage_is_shown(project):
    done = launch(project)
    assert done.returncode == 2
    assert "run | worker | manage" in done.stderr
