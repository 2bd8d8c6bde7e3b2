"""Doors for Celery."""

from celery import shared_task
from django.utils import timezone

from accounts import jobs
from homework.services import feedback, reminders
from homework.services import reassess as reassessing


@shared_task
def reassess(job_id: int) -> None:
    """Arguments of the job: those of an Extent. Sent again, it goes on where it stopped."""
    with jobs.running(job_id) as job:
        if job is None:
            return
        extent = reassessing.Extent.from_arguments(job.arguments)
        for done, total in reassessing.judge_again(extent, skip=job.done):
            jobs.advance(job, done=done, total=total, note=f"正在重新判定，{done} / {total} 所学校")
        job.note = "已重新判定"


@shared_task
def escalate_overdue_feedback() -> int:
    return feedback.escalate_overdue(timezone.localdate())


@shared_task
def remind_at_cut_off() -> int:
    return reminders.remind(timezone.now())
