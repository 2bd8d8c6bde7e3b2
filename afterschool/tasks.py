"""Doors for Celery."""

from celery import shared_task
from django.utils import timezone

from afterschool.services import plans, sessions


@shared_task
def judge_plans() -> int:
    return plans.judge_plans(timezone.localdate())


@shared_task
def make_sessions() -> int:
    today = timezone.localdate()
    made = sessions.make_sessions(today)
    sessions.refresh_expected(today)
    return made
