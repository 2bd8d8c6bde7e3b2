"""What the launcher says in the terminal: Chinese first, then the same in short English, on one line."""

import sys


class LaunchError(Exception):
    """Something the user can put right; its text is all she sees, without a traceback."""


def say(chinese: str, english: str) -> None:
    """On the error stream: the other one belongs to the program that runs in front, and may go into a file."""
    print(f"{chinese} {english}", file=sys.stderr, flush=True)


def disk_full(where: object) -> LaunchError:
    return LaunchError(f"{where} 所在的磁盘已满，请先腾出空间。The disk is full: make room first.")


def complain(error: LaunchError) -> None:
    print(f"✗ {error}", file=sys.stderr, flush=True)
