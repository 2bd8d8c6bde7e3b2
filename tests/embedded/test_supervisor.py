"""The supervisor with small programs in place of the product's: it stops what it started, and nothing else."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from embedded import processes, programs
from embedded.messages import LaunchError
from embedded.supervisor import Patience, Program, Supervisor

HASTY = Patience(quick_deaths=3, first_pause=0.01, longest_pause=0.02, stop_seconds=10)

# Writes its own number and that of a child of its own, then sleeps.
PARENT = """
import subprocess, sys, time
child = subprocess.Popen(["sleep", "600"])
open(sys.argv[1], "w").write(f"{__import__('os').getpid()} {child.pid}\\n")
time.sleep(600)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + PARENT

SUPERVISE = """
import sys
from pathlib import Path
from embedded.supervisor import Program, Supervisor
program = Program("one", [sys.executable, "-c", sys.argv[1], sys.argv[2]])
sys.exit(Supervisor([program], {}, Path("/")).run())
"""


def pids_in(file: Path) -> list[int]:
    assert processes.wait_until(lambda: file.is_file() and file.read_text().endswith("\n"), 20)
    return [int(word) for word in file.read_text().split()]


def stop_when(condition: processes.Condition) -> None:
    """Send ourselves the SIGTERM that ends the supervisor."""

    def wait_and_stop() -> None:
        processes.wait_until(condition, 20)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait_and_stop).start()


@pytest.mark.parametrize("code", [PARENT, STUBBORN])
def test_it_stops_its_programs_with_their_children_and_nothing_else(tmp_path, code):
    other = subprocess.Popen(["sleep", "600"])
    files = [tmp_path / "one", tmp_path / "two"]
    started = [Program(file.name, [sys.executable, "-c", code, str(file)]) for file in files]
    stop_when(lambda: all(file.is_file() and file.read_text() for file in files))

    status = Supervisor(started, dict(os.environ), tmp_path, Patience(stop_seconds=1)).run()

    pids = [pid for file in files for pid in pids_in(file)]
    assert status == 0
    assert processes.wait_until(lambda: not any(processes.is_running(pid) for pid in pids), 10)
    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_program_that_died_is_started_again(tmp_path):
    counter = tmp_path / "counter"
    code = "import sys, time; f = open(sys.argv[1], 'a+'); f.write('x'); f.flush(); f.seek(0)\n"
    code += "if len(f.read()) > 1: time.sleep(600)"
    stop_when(lambda: counter.is_file() and len(counter.read_text()) == 2)

    status = Supervisor([Program("one", [sys.executable, "-c", code, str(counter)])], {}, tmp_path, HASTY).run()

    assert (status, counter.read_text()) == (0, "xx")


def test_it_gives_up_on_a_program_that_keeps_dying_and_stops_the_others(tmp_path, capfd):
    file = tmp_path / "one"
    healthy = Program("healthy", [sys.executable, "-c", PARENT, str(file)])
    sick = Program("sick", [sys.executable, "-c", "import sys; sys.exit(7)"])

    status = Supervisor([healthy, sick], dict(os.environ), tmp_path, HASTY).run()

    assert status == 1
    assert "sick 接连退出 3 次（状态 7）" in capfd.readouterr().err
    assert not file.is_file() or not processes.is_running(pids_in(file)[0])


def test_readiness_is_told_once(tmp_path):
    told: list[str] = []
    program = Program("one", ["sleep", "600"], is_ready=lambda: True, on_ready=lambda: told.append("ready"))
    stop_when(lambda: bool(told))
    Supervisor([program], dict(os.environ), tmp_path).run()
    assert told == ["ready"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_programs_end_when_the_supervisor_is_killed(tmp_path):
    file = tmp_path / "one"
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISE, PARENT, str(file)], env=dict(os.environ))
    program, child = pids_in(file)
    supervisor.kill()
    supervisor.wait()
    assert processes.wait_until(lambda: not processes.is_running(program), 20)
    os.kill(child, signal.SIGKILL)


def test_a_port_in_use_is_told_before_anything_starts():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LaunchError, match=f"端口 {port} 用不了"):
            programs.free_port(str(port))
    assert programs.free_port(str(port)) == port


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "８0"])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(LaunchError, match="PORT"):
        programs.free_port(text)
