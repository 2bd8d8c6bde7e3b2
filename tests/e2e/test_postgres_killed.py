"""`kill -9` of PostgreSQL while teachers post: what was acknowledged is there, once, and nothing is half-written."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from embedded import postgres, processes, servers
from embedded.account import server_account
from embedded.environment import ROOT
from tests.e2e.poster import THREADS

pytestmark = pytest.mark.slow

POSTED_BEFORE = 60


def poster(name: str) -> list[str]:
    """The command that runs a function of tests/e2e/poster.py."""
    return [sys.executable, "-c", f"import django; django.setup(); from tests.e2e import poster; poster.{name}()"]


def kill_all(cluster: postgres.Cluster) -> None:
    """The postmaster and every child it has."""
    pid = postgres.postmaster(cluster.data).pid
    children = (processes.PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    for one in (pid, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    assert processes.wait_until(lambda: not processes.is_running(pid), 10)


def post_until_killed(cluster: postgres.Cluster, environment: dict[str, str]) -> dict[str, set[str]]:
    """What the services acknowledged and what they refused, by their words."""
    told: dict[str, set[str]] = {"posted": set(), "refused": set()}
    with subprocess.Popen(poster("post"), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as posting:
        for line in posting.stdout:
            what, _, content = line.strip().partition(" ")
            told[what].add(content)
            if len(told["posted"]) == POSTED_BEFORE and postgres.postmaster(cluster.data):
                kill_all(cluster)
    return told


def test_what_was_acknowledged_survives_whole(reachable_folder: Path):
    with servers.throw_away(reachable_folder, servers.Wanted(redis=False), is_durable=True) as urls:
        home = next(reachable_folder.glob("throw-away-*"))
        account = server_account()
        cluster = servers.servers_in(home, account, is_durable=True, outlives_us=False).cluster
        environment = os.environ | {"DATABASE_URL": urls.database}
        told = post_until_killed(cluster, environment)
        postgres.start(cluster, postgres.find_programs(cluster.data, home, account))
        answer = subprocess.run(poster("look"), cwd=ROOT, env=environment, capture_output=True, text=True, check=True)

    assert len(told["posted"]) >= POSTED_BEFORE
    found = json.loads(answer.stdout)
    items = set(found["items"])
    assert len(items) == len(found["items"])
    assert told["posted"] <= items
    assert not told["refused"] & items
    # What was on its way may have been kept without a word: at most one per thread.
    assert len(items - told["posted"]) <= THREADS
    for notice in found["notices"]:
        assert notice["load"] == notice["fresh_load"] > 0
        assert notice["is_complete"]
        assert not notice["is_over"]
    # Each item left one changed day behind, in the same transaction.
    assert found["changed"] == len(items)
    assert found["left"] == 0
    assert found["sums"] == {
        "minutes": sum(notice["load"] for notice in found["notices"]),
        "notices": len(found["notices"]),
    }
