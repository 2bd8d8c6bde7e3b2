"""Doors for Celery."""

from celery import shared_task
from django.utils import timezone

from afterschool.services import plans, pupils, sessions


@shared_task
def judge_plans() -> int:
    return plans.judge_plans(timezone.localdate())


@shared_task
def make_sessions() -> int:
    today = timezone.localdate()
    made = sessions.make_sessions(today)
    sessions.refresh_expected(today)
    return made


@shared_task
def erase_old_pupils() -> int:
    return pupils.erase_old(timezone.localdate())
