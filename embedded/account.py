"""Who the servers run as, and what that user can reach. PostgreSQL refuses root, so root's servers run as nobody."""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from embedded.messages import LaunchError, say

# A Unix socket's path may have 107 bytes (103 on macOS); this leaves room for "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 80
# Headers, static libraries, and the older PostgreSQL that the wheel carries beside the one we use.
NOT_NEEDED_TO_RUN = shutil.ignore_patterns("include", "*.a", "pginstall", "__pycache__")


class PopenOptions(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A system user; `is_other` when it is not the one we run as."""

    uid: int
    gid: int
    is_other: bool

    def popen_options(self) -> PopenOptions:
        """Arguments that make subprocess start a program as this user."""
        return PopenOptions(user=self.uid, group=self.gid, extra_groups=[]) if self.is_other else PopenOptions()


def server_account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, is_other=True)


def can_enter(account: Account, folder: Path) -> bool:
    """Really tried, since access lists and mount options count too."""
    if not account.is_other:
        return os.access(folder, os.X_OK)
    attempt = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
    return subprocess.run(attempt, cwd="/", stderr=subprocess.DEVNULL, **account.popen_options()).returncode == 0


def own_folder(folder: Path, account: Account) -> Path:
    """Make `folder`, for `account` alone; an existing one must already be so.

    Only a folder made here is ever given away. Raises LaunchError when someone else's folder stands in its place.
    """
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        found = folder.lstat()
        if not folder.is_dir() or folder.is_symlink() or found.st_uid != account.uid:
            raise LaunchError(
                f"{folder} 属于别的用户（uid {found.st_uid}），请换回原来的用户运行，或把它移走。"
                f"It belongs to another user: run as that user, or move it away."
            ) from None
    return folder


def server_home(var: Path, account: Account) -> Path:
    """The folder that holds the servers' data: `var`, or where var/home points.

    A checkout below /root cannot be entered by nobody, and opening /root is not ours to do: then the data live below
    /var/lib. The name there is random, so that a new checkout in an old place never finds another one's data.
    """
    var.mkdir(parents=True, exist_ok=True)
    link = var / "home"
    if link.is_symlink():
        if not link.is_dir():
            raise LaunchError(f"{link} 指向的数据目录 {link.readlink()} 不见了。The data folder is gone.")
        return link.resolve()
    if can_enter(account, var):
        return var.resolve()
    home = Path(tempfile.mkdtemp(prefix="shuangjian-", dir="/var/lib"))
    os.chown(home, account.uid, account.gid)
    (home / "belongs-to").write_text(f"{var.resolve()}\n")
    link.symlink_to(home)
    say(
        f"服务器用户进不了 {var}，数据改放在 {home}（var/home 指向它）。",
        "Data live there, since the servers' user cannot enter the checkout.",
    )
    return home


def socket_folder(home: Path, account: Account) -> Path:
    """Where to make the sockets' folder: a short path, always the same for one `home`."""
    name = f"shuangjian-{account.uid}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
    own = [] if account.is_other else [os.environ.get("XDG_RUNTIME_DIR", "")]
    for parent in [*own, tempfile.gettempdir(), "/tmp"]:  # noqa: S108 - own_folder refuses what others put there
        short = parent and len(os.fsencode(parent)) + len(name) < LONGEST_SOCKET_FOLDER
        if short and os.access(parent, os.W_OK) and can_enter(account, Path(parent)):
            return Path(parent, name)
    raise LaunchError("找不到放套接字的短路径目录。No folder with a short path for the sockets.")


def reachable_copy(package: list[Path], home: Path, account: Account) -> Path:
    """The folder with `package[0]` in it: its own when `account` can enter that, else a copy of all of `package`.

    `package` are folders side by side; they stay so in the copy, since programs find their libraries that way.
    """
    source = package[0]
    if can_enter(account, source):
        return source.parent
    mark = hashlib.sha256(f"{source}{source.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = home / f"programs-{mark}"
    if not copy.is_dir():
        fresh = Path(tempfile.mkdtemp(prefix="programs-", dir=home))
        for folder in package:
            shutil.copytree(folder, fresh / folder.name, symlinks=True, ignore=NOT_NEEDED_TO_RUN)
        fresh.chmod(0o755)
        fresh.rename(copy)
    return copy


def require_free_space(folder: Path, megabytes: int) -> None:
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise LaunchError(
            f"{folder} 所在磁盘只剩 {free} MB，至少需要 {megabytes} MB，请先腾出空间。"
            f"Disk nearly full: {free} MB free, {megabytes} MB needed."
        )
