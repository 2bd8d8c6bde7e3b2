"""Doors for Celery."""

from celery import shared_task

from accounts import jobs
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
