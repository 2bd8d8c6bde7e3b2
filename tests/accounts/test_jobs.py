import datetime as dt
import threading
import time

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from accounts import jobs
from accounts.models import Job
from accounts.tasks import resend_lost_jobs

in_one_transaction = pytest.mark.django_db
really_committing = pytest.mark.django_db(transaction=True)
TASK = "tests.do_nothing"


@pytest.fixture
def sent(monkeypatch):
    """The ids of the jobs whose message went out."""
    ids = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda task, args: ids.extend(args))
    return ids


def ask(key="report:1") -> Job:
    return jobs.enqueue(TASK, key=key, arguments={"report": 1})


def silent_for(job: Job, seconds: int, **values) -> None:
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - dt.timedelta(seconds=seconds), **values)


def together(action, times=2) -> list:
    """What `action` returned or raised in threads that begin at one moment."""
    barrier, results = threading.Barrier(times), []

    def run() -> None:
        barrier.wait()
        try:
            results.append(action())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def wait_until(condition) -> None:
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never happened")


@in_one_transaction
def test_the_message_goes_out_when_the_transaction_commits(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = ask()
        assert sent == []
    assert sent == [job.pk]


@really_committing
def test_a_rolled_back_request_leaves_neither_job_nor_message(sent):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ask()
        raise ZeroDivisionError
    assert (Job.objects.count(), sent) == (0, [])


@really_committing
def test_asking_twice_is_one_job_and_one_message(sent):
    assert ask() == ask()
    assert ask("report:2") != ask()
    assert len(sent) == 2


@really_committing
def test_two_threads_asking_at_once_make_one_job(sent):
    made = together(ask, times=4)
    assert {job.pk for job in made} == {Job.objects.get().pk}
    assert len(sent) == 1


@really_committing
def test_a_finished_job_may_be_asked_for_again(sent):
    first = ask()
    with jobs.running(first.pk):
        pass
    assert ask() != first


@really_committing
def test_two_workers_with_the_same_message_do_the_work_once(sent):
    job = ask()
    worked = []

    def work() -> None:
        with jobs.running(job.pk) as taken:
            if taken:
                worked.append(taken.pk)

    assert together(work, times=4) == [None] * 4
    assert worked == [job.pk]
    job.refresh_from_db()
    assert (job.state, job.tries) == (Job.State.DONE, 1)


@in_one_transaction
def test_a_job_that_is_done_says_so():
    job = ask()
    with jobs.running(job.pk) as taken:
        jobs.advance(taken, done=1, total=3, note="第1份")
        assert Job.objects.get().percent == 33
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.note) == (Job.State.DONE, 3, 3, "第1份")
    assert job.finished_at == timezone.now()


@in_one_transaction
def test_a_finished_job_is_not_taken_again():
    job = ask()
    for expected in (job, None):
        with jobs.running(job.pk) as taken:
            assert taken == expected


@in_one_transaction
@pytest.mark.parametrize(
    ("error", "note"),
    [(ValueError("没有数据"), "没有数据"), (ValueError("长" * 300), "长" * 200), (KeyError(), "KeyError")],
)
def test_an_exception_fails_the_job_and_its_words_are_kept(error, note):
    job = ask()
    with pytest.raises(type(error)), jobs.running(job.pk):
        raise error
    job.refresh_from_db()
    assert (job.state, job.note) == (Job.State.FAILED, note)
    assert job.finished_at is not None


@really_committing
def test_a_database_that_went_away_leaves_the_job_to_be_sent_again(sent):
    job = ask()
    with pytest.raises(OperationalError), jobs.running(job.pk):
        raise OperationalError("server closed the connection")
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    silent_for(job, 31)
    assert jobs.resend_lost(timezone.now()) == 1
    with jobs.running(job.pk) as taken:
        assert taken.tries == 2


@in_one_transaction
@pytest.mark.parametrize("state", Job.UNFINISHED)
@pytest.mark.parametrize(("seconds", "times"), [(30, 0), (31, 1)])
def test_a_job_nobody_touched_for_half_a_minute_is_sent_again(sent, state, seconds, times):
    job = ask()
    silent_for(job, seconds, state=state)
    assert jobs.resend_lost(timezone.now()) == times
    assert sent == [job.pk] * times


@in_one_transaction
def test_a_job_just_sent_again_has_its_half_minute(sent):
    job = ask()
    silent_for(job, 31)
    assert [resend_lost_jobs(), resend_lost_jobs()] == [1, 0]
    assert sent == [job.pk]


@really_committing
def test_two_sweeps_at_once_send_a_job_once(sent):
    job = ask()
    sent.clear()
    silent_for(job, 31)
    now = timezone.now()
    assert sum(together(lambda: jobs.resend_lost(now), times=4)) == 1
    assert sent == [job.pk]


@in_one_transaction
@pytest.mark.parametrize(("tries", "state"), [(4, Job.State.QUEUED), (5, Job.State.FAILED)])
def test_a_job_that_was_lost_five_times_fails(sent, tries, state):
    job = ask()
    silent_for(job, 31, tries=tries, state=Job.State.RUNNING)
    jobs.resend_lost(timezone.now())
    job.refresh_from_db()
    assert job.state == state
    assert ("管理员" in job.note) == (state == Job.State.FAILED)


@in_one_transaction
def test_finished_jobs_are_never_lost(sent):
    job = ask()
    silent_for(job, 3600, state=Job.State.DONE)
    assert jobs.resend_lost(timezone.now()) == 0


@really_committing
def test_with_the_broker_away_the_request_goes_through_and_the_job_waits(monkeypatch):
    def refuse(task, args):
        raise BrokerError("Connection refused")

    monkeypatch.setattr(jobs.current_app, "send_task", refuse)
    assert ask().state == Job.State.QUEUED
    assert Job.objects.get().tries == 0


@really_committing
def test_a_broker_that_is_really_not_there_is_met_with_the_same_calm(monkeypatch, caplog):
    send_task = jobs.current_app.send_task
    with jobs.current_app.connection_for_write("redis+socket:///nowhere/redis.sock") as nowhere:
        monkeypatch.setattr(
            jobs.current_app, "send_task", lambda task, args: send_task(task, args, connection=nowhere, retry=False)
        )
        job = ask()
    assert job.state == Job.State.QUEUED
    assert f"Broker away; job {job.pk}" in caplog.text


@really_committing
def test_a_worker_shows_signs_of_life_while_it_works(sent, monkeypatch):
    monkeypatch.setattr(jobs, "HEARTBEAT", dt.timedelta(seconds=0.02))
    job = ask()
    with jobs.running(job.pk):
        silent_for(job, 60)
        wait_until(lambda: Job.objects.get().heartbeat_at == timezone.now())
        silent_for(job, 60)
        wait_until(lambda: Job.objects.get().heartbeat_at == timezone.now())
    assert Job.objects.get().state == Job.State.DONE
