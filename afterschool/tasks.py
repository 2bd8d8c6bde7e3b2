"""Doors for Celery."""

from celery import shared_task
from django.utils import timezone

from afterschool.services import plans


@shared_task
def judge_plans() -> int:
    return plans.judge_plans(timezone.localdate())
