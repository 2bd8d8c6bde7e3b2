"""Keeps programs running until it is asked to stop, and then stops exactly those it started."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from embedded.messages import say
from embedded.processes import STOP_SIGNALS, Command, Condition, die_with_parent

POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Program:
    """One program. `is_ready` is asked until it says yes, once; `on_ready` is told then."""

    name: str
    command: Command
    is_ready: Condition = lambda: True
    on_ready: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Patience:
    """How often a program may die, and how long it may take to stop. A death within `quick_seconds` is a quick one."""

    quick_deaths: int = 5
    quick_seconds: float = 60
    first_pause: float = 1
    longest_pause: float = 15
    stop_seconds: float = 30


@dataclass
class Child:
    """A program as it runs now."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    quick_deaths: int = 0
    start_at: float = 0
    was_ready: bool = False


@dataclass
class Supervisor:
    programs: Sequence[Program]
    environment: Mapping[str, str]
    folder: Path
    patience: Patience = Patience()
    children: list[Child] = field(default_factory=list)
    asked_to_stop: bool = False

    def run(self) -> int:
        """Returns 0 when asked to stop by Ctrl-C, SIGTERM or SIGHUP; 1 when a program died too often."""
        before = {number: signal.signal(number, self._ask_to_stop) for number in STOP_SIGNALS}
        self.children = [Child(program) for program in self.programs]
        try:
            while not self.asked_to_stop:
                if not all(self._watch(child) for child in self.children):
                    return 1
                time.sleep(POLL_SECONDS)
            return 0
        finally:
            self._stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask_to_stop(self, *_: object) -> None:
        self.asked_to_stop = True

    def _watch(self, child: Child) -> bool:
        """Start it, or look after it. False when it died too often."""
        if child.process is None:
            if time.monotonic() >= child.start_at:
                self._start(child)
            return True
        if child.process.poll() is not None:
            return self._note_death(child, child.process)
        if not child.was_ready and child.program.is_ready():
            child.was_ready = True
            child.program.on_ready()
        return True

    def _start(self, child: Child) -> None:
        """In a session of its own: the terminal's Ctrl-C comes to us alone, and we stop each program in its way."""
        child.process = subprocess.Popen(
            child.program.command,
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        child.started_at = time.monotonic()

    def _note_death(self, child: Child, process: subprocess.Popen[bytes]) -> bool:
        name, status = child.program.name, process.returncode
        kill_group(process)
        child.process = None
        was_quick = time.monotonic() - child.started_at < self.patience.quick_seconds
        child.quick_deaths = child.quick_deaths + 1 if was_quick else 1
        if child.quick_deaths >= self.patience.quick_deaths:
            say(
                f"✗ {name} 接连退出 {child.quick_deaths} 次（状态 {status}），全部停止，原因见上面的输出。",
                f"{name} keeps dying; everything is stopped.",
            )
            return False
        pause = min(self.patience.first_pause * 2 ** (child.quick_deaths - 1), self.patience.longest_pause)
        child.start_at = time.monotonic() + pause
        say(f"{name} 意外退出（状态 {status}），{pause:g} 秒后重新启动。", f"{name} died; it is started again.")
        return True

    def _stop(self) -> None:
        """All at once, politely; what is left after `stop_seconds` is killed with everything it started."""
        say("正在停止……", "Stopping.")
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + self.patience.stop_seconds
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(deadline - time.monotonic(), 0))
            kill_group(process)
            process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the session the program began, its own children included."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
