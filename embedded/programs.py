"""The programs of the product: web server, worker, beat."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from embedded.messages import LaunchError, say
from embedded.processes import die_with_parent
from embedded.supervisor import Program, kill_group

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
WORKER_STOP_SECONDS = 30


def free_port(text: str) -> int:
    """The port named by `text`, DEFAULT_PORT when empty. Raises LaunchError when it is no port or someone has it."""
    if text and not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65535):
        raise LaunchError(f"PORT 必须是 1–65535 的整数，而不是 {text!r}。PORT must be an integer from 1 to 65535.")
    port = int(text or DEFAULT_PORT)
    with socket.socket() as probe:
        # As the web server does, so that connections of an earlier run that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise LaunchError(
                f"端口 {port} 用不了（{error.strerror}），请换一个，例如 make run PORT={port % 65535 + 1}。"
                f"Port {port} cannot be used: choose another one."
            ) from error
    return port


def answers(url: str) -> bool:
    """Whether anything is served there, be it an error page."""
    try:
        urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 - our own http address
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def web(port: int) -> Program:
    """`--reuse-port`: keep-alive connections spread over the workers instead of piling up on one."""
    url = f"http://{HOST}:{port}/"
    options = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--reuse-port"]
    options += ["--no-control-socket", "--graceful-timeout", "10"]
    return Program(
        "web",
        [sys.executable, "-m", "gunicorn", *options, "--bind", f"{HOST}:{port}", "shuangjian.wsgi"],
        is_ready=lambda: answers(url),
        on_ready=lambda: say(f"✓ 已就绪：{url}", "Ready."),
    )


def celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "shuangjian", *arguments]


def worker() -> Program:
    return Program(
        "worker", celery("worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle")
    )


def beat() -> Program:
    return Program("beat", celery("beat", "--loglevel", "WARNING"))


@contextmanager
def running_beside(program: Program, environment: Mapping[str, str], folder: Path) -> Iterator[None]:
    """Run a program while the block does; its output goes to var/log/."""
    log = folder / "var" / "log" / f"{program.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            program.command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(WORKER_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            say(f"{program.name} 没有按时停下，强行停止。", "Killed.")
        kill_group(process)
        process.wait()
