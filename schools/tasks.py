"""Doors for Celery. An import's arguments name the batch."""

from celery import shared_task

from accounts import jobs
from schools.models import ImportBatch
from schools.services import imports, webhooks


@shared_task
def check_import(job_id: int) -> None:
    with jobs.running(job_id) as job:
        if job:
            imports.check_batch(ImportBatch.objects.get(pk=job.arguments["batch"]))


@shared_task
def apply_import(job_id: int) -> None:
    with jobs.running(job_id) as job:
        if job:
            batch = ImportBatch.objects.get(pk=job.arguments["batch"])
            for done, total in imports.apply_batch(batch, by=job.made_by, only_good=job.arguments["only_good"]):
                jobs.advance(job, done=done, total=total, note=f"正在写入，{done} / {total} 行")


@shared_task
def undo_import(job_id: int) -> None:
    with jobs.running(job_id) as job:
        if job:
            imports.undo_batch(ImportBatch.objects.get(pk=job.arguments["batch"]), by=job.made_by)


@shared_task
def send_webhook(job_id: int) -> None:
    """Arguments of the job: unit (id), text, mentions (ids of people)."""
    with jobs.running(job_id) as job:
        if job:
            webhooks.deliver(job)
