"""What beat asks of inspections every morning."""

import datetime as dt

from celery import shared_task
from django.utils import timezone

from inspections.services import complaints, delays, due


@shared_task
def open_due_findings() -> int:
    """Of yesterday: what was said late in the evening counts."""
    return due.open_due_findings(timezone.localdate() - dt.timedelta(days=1))


@shared_task
def pass_on_delays() -> int:
    return delays.pass_on(timezone.localdate())


@shared_task
def remind_of_complaints() -> int:
    return complaints.remind(timezone.localdate())
