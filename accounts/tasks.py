"""Doors for Celery."""

from celery import shared_task
from django.utils import timezone

from accounts import jobs


@shared_task
def resend_lost_jobs() -> int:
    return jobs.resend_lost(timezone.now())
