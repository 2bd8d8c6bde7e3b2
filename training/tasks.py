"""What beat asks of training every morning."""

from celery import shared_task
from django.utils import timezone

from training.services import warning


@shared_task
def look_for_risks() -> int:
    return warning.look_everywhere(timezone.localdate())
