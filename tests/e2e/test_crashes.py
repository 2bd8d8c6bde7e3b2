"""`kill -9` of the worker and of Redis: a job that was asked for is done, once, and its sums are right."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery, current_app
from django.db import connection, transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from accounts import jobs
from accounts.models import Job
from embedded import processes, redis, servers
from embedded.account import server_account
from homework.models import Notice
from reports import rollup
from reports.city.make import make_city
from reports.models import HomeworkTally, Report
from schools.models import ClassGroup, SchoolDay
from schools.periods import PeriodKind, containing
from tests import factories as make
from tests.conftest import broker_url
from tests.e2e import town
from tests.e2e.conftest import wait_for
from tests.e2e.worker import Worker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FIRST_DAY, LAST_DAY = dt.date(2026, 9, 14), dt.date(2026, 10, 23)

MIDDLE = dt.date(2026, 9, 24)
DAY_BEFORE = dt.date(2026, 9, 23)

# pg_locks, since pg_stat_activity stands still within a transaction.
WAITING_SQL = "SELECT count(*) FROM pg_locks WHERE NOT granted AND (locktype = %s OR relation = %s::regclass)"


@pytest.fixture(autouse=True)
def clock():
    """The worker is a process of its own: both go by the true time."""


@pytest.fixture
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute of silence is not needed where the worker is known to be dead."""
    monkeypatch.setattr(jobs, "LOST_AFTER", dt.timedelta(0))


def make_small_city() -> None:
    for name in make.HOMEWORK_GRADES:
        make.subject(name)
    make_city(schools=6, first_day=FIRST_DAY, last_day=LAST_DAY, seed=7, tell=lambda said: None)


def ask_for_sums() -> Job:
    arguments: dict[str, object] = {"first_day": str(FIRST_DAY), "last_day": str(LAST_DAY)}
    return jobs.enqueue("reports.tasks.rebuild_days", key="sums", arguments=arguments)


def state_of(job: Job) -> str:
    return Job.objects.get(pk=job.pk).state


def execute(sql: str, *values: object) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone() if cursor.description else ()


def kill_while_it_writes(worker: Worker, day: dt.date) -> None:
    """The day's old sums are deleted, the new ones not yet written."""
    key = (rollup.LOCK_SPACE, day.toordinal())
    with transaction.atomic():
        wait_for(lambda: execute(WAITING_SQL, "advisory", 0)[0])
        execute("LOCK TABLE homework_notice IN ACCESS EXCLUSIVE MODE")
        execute("SELECT pg_advisory_unlock(%s, %s)", *key)
        wait_for(lambda: execute(WAITING_SQL, "", "homework_notice")[0])
        worker.kill()


def test_a_worker_killed_in_the_middle_of_sums_loses_and_doubles_nothing(start_worker, nobody_waits):
    make_small_city()
    execute("SELECT pg_advisory_lock(%s, %s)", rollup.LOCK_SPACE, MIDDLE.toordinal())
    job = ask_for_sums()
    kill_while_it_writes(start_worker(), MIDDLE)
    assert state_of(job) == Job.State.RUNNING
    assert HomeworkTally.objects.latest("day").day == DAY_BEFORE

    start_worker()
    assert jobs.resend_lost(timezone.now()) == 1
    jobs.send(job)  # as the broker gives the dead worker's message back
    wait_for(lambda: state_of(job) == Job.State.DONE)

    assert rollup.reconcile(FIRST_DAY, LAST_DAY) == []
    sums = HomeworkTally.objects.aggregate(classes=Sum("classes"), published=Sum("published"))
    days = SchoolDay.objects.held().between(FIRST_DAY, LAST_DAY).values("day").distinct().count()
    assert sums == {"classes": ClassGroup.objects.count() * days, "published": Notice.objects.count()}
    assert Job.objects.get(pk=job.pk).tries == 2


@pytest.fixture
def own_redis(reachable_folder: Path, settings) -> Iterator[redis.Redis]:
    """One that may be killed; what this process asks for goes there."""
    with servers.throw_away(reachable_folder, servers.Wanted(postgres=False), is_durable=False) as urls:
        home = next(reachable_folder.glob("throw-away-*"))
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": urls.redis}}
        settings.CELERY_BROKER_URL = broker_url(urls.redis)
        before = current_app._get_current_object()
        app = Celery("on its own Redis")
        app.config_from_object("django.conf:settings", namespace="CELERY")
        yield servers.servers_in(home, server_account(), is_durable=False, outlives_us=False).redis
        app.close()
        before.set_current()


def kill_redis(own_redis: redis.Redis) -> None:
    pid = redis.running_pid(own_redis)
    assert pid
    processes.stop(pid, (processes.signal.SIGKILL, 10))


def test_a_report_asked_for_while_redis_is_down_is_made_when_it_is_back(
    client, own_redis, start_worker, nobody_waits, tmp_path: Path
):
    place = town.build(classes=1)
    client.post(reverse("accounts:sign_in"), {"account": town.OFFICER, "password": town.PASSWORD})
    period = containing(PeriodKind.HALF_MONTH, place.today)
    address = {"code": place.county.code, "period": period.code}
    current_app.send_task("reports.tasks.take_changed_days")  # so that an open connection breaks
    kill_redis(own_redis)

    answer = client.post(reverse("reports:report_make", kwargs=address), follow=True)
    job = Job.objects.get()
    assert answer.status_code == 200
    assert "排队等候" in answer.content.decode()
    assert job.state == Job.State.QUEUED

    redis.start(own_redis, redis.find_program(tmp_path, server_account()))
    start_worker(REDIS_URL=own_redis.url)
    assert jobs.resend_lost(timezone.now()) == 1
    wait_for(lambda: state_of(job) == Job.State.DONE)
    assert Report.objects.of(place.county, period).count() == 1
