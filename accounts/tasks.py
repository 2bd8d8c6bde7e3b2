"""Doors for Celery."""

from celery import shared_task
from django.utils import timezone

from accounts import jobs, notifications, sent_forms


@shared_task
def resend_lost_jobs() -> int:
    return jobs.resend_lost(timezone.now())


@shared_task
def forget_old() -> int:
    now = timezone.now()
    return notifications.forget_old(now) + sent_forms.forget_old(now)
