"""Background work as rows: asked for, taken by exactly one worker, seen to move, and sent again when lost.

What must be done lives in PostgreSQL; a Celery message only wakes a worker. Every task that takes a job must be
idempotent.
"""

import contextlib
import datetime as dt
import logging
import threading
from collections.abc import Iterator, Mapping

from celery import current_app
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from accounts.models import Job, User

log = logging.getLogger(__name__)

HEARTBEAT = dt.timedelta(seconds=5)
# A live worker misses no six heartbeats; a waiting message is normally taken within seconds.
LOST_AFTER = dt.timedelta(seconds=30)
# A job that fails to finish this often is a bug, not bad luck.
MOST_TRIES = 5


class TryAgainError(Exception):
    """The work could not be done just now. Its words are shown to the one who waits."""


class GaveUpError(Exception):
    """The work cannot be done, by no fault of ours. Its words are shown to the one who waits."""


def enqueue(task: str, *, key: str, arguments: dict[str, object], by: User | None = None) -> Job:
    """Ask for a job, or return the unfinished one with the same `key`. A worker is woken on commit."""
    job, made = Job.objects.unfinished().get_or_create(
        key=key, defaults={"task": task, "arguments": arguments, "made_by": by}
    )
    if made:
        transaction.on_commit(lambda: send(job))
    return job


def enqueue_all(task: str, wanted: Mapping[str, dict[str, object]], *, by: User | None = None) -> None:
    """Ask for many jobs in one statement: their arguments by key. A key with an unfinished job is left as it is."""
    jobs = [Job(task=task, key=key, arguments=arguments, made_by=by) for key, arguments in wanted.items()]
    Job.objects.bulk_create(jobs, ignore_conflicts=True)
    transaction.on_commit(lambda: _send_new(task, list(wanted)))


def _send_new(task: str, keys: list[str]) -> None:
    for job in Job.objects.filter(task=task, key__in=keys, state=Job.State.QUEUED):
        send(job)


def send(job: Job) -> None:
    """Wake a worker. With the broker away the row waits; `resend_lost` sends it later."""
    try:
        current_app.send_task(job.task, args=[job.pk])
    except BrokerError:
        log.warning("Broker away; job %s waits for the next sweep.", job.pk)


def resend_lost(now: dt.datetime) -> int:
    """Send lost jobs again and give up on those that were tried too often; return how many were sent."""
    lost = Job.objects.lost(silent_since=now - LOST_AFTER)
    lost.filter(tries__gte=MOST_TRIES).update(
        state=Job.State.FAILED, note="多次中断，已停止重试。请联系管理员。", finished_at=now
    )
    # The row as it was read is the claim: a second sweep, or a worker that lives after all, has touched it since.
    claimed = [
        job
        for job in lost
        if Job.objects.filter(pk=job.pk, heartbeat_at=job.heartbeat_at).update(heartbeat_at=now, state=Job.State.QUEUED)
    ]
    for job in claimed:
        send(job)
    return len(claimed)


@contextlib.contextmanager
def running(job_id: int) -> Iterator[Job | None]:
    """Take the job for the body of the `with`; yields None when another worker has it or it is finished.

    An exception marks the job failed, keeps its words for the one who waits, and goes on to Celery's log.
    A transient database error leaves the job to be sent again; so does TryAgainError, until it was tried too often.
    Of GaveUpError the log is not told.
    """
    job = _take(job_id)
    if job is None:
        yield None
        return
    with _beating(job):
        try:
            yield job
        except OperationalError:
            raise
        except TryAgainError as error:
            if job.tries < MOST_TRIES:
                Job.objects.filter(pk=job.pk).update(note=f"{error}"[:200])
                return
            _finish(job, Job.State.FAILED, note=f"{error}，试了{job.tries}次，不再重试。"[:200])
            return
        except GaveUpError as error:
            _finish(job, Job.State.FAILED, note=f"{error}"[:200])
            return
        except Exception as error:
            _finish(job, Job.State.FAILED, note=f"{error}"[:200] or type(error).__name__)
            raise
        _finish(job, Job.State.DONE, note=job.note)


def advance(job: Job, *, done: int, total: int, note: str) -> None:
    """Record how far the job is. Call it between units of work, not within their transactions."""
    job.done, job.total, job.note, job.heartbeat_at = done, total, note, timezone.now()
    job.save(update_fields=["done", "total", "note", "heartbeat_at"])


def _take(job_id: int) -> Job | None:
    taken = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, heartbeat_at=timezone.now(), tries=F("tries") + 1
    )
    return Job.objects.get(pk=job_id) if taken else None


def _finish(job: Job, state: str, *, note: str) -> None:
    done = job.total if state == Job.State.DONE else job.done
    Job.objects.filter(pk=job.pk).update(state=state, note=note, done=done, finished_at=timezone.now())


@contextlib.contextmanager
def _beating(job: Job) -> Iterator[None]:
    """Show signs of life from a thread of its own while one long statement or print keeps the worker busy."""
    stopped = threading.Event()

    def beat() -> None:
        while not stopped.wait(HEARTBEAT.total_seconds()):
            try:
                Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now())
            except OperationalError:
                log.warning("Job %s: no heartbeat, the database is away.", job.pk)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
