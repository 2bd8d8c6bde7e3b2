"""Run in a process of its own, on the database that its DATABASE_URL names. Both print for the test to read."""

import itertools
import json
import sys
import threading

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import InterfaceError, OperationalError
from django.db.models import Sum
from django.utils import timezone

from homework import policy
from homework.models import Item, Notice
from reports import rollup
from reports.models import HomeworkTally
from schools.models import ChangedDay
from tests import factories as make
from tests.e2e import town

THREADS = 4
DAYS_BEFORE = 2
MINUTES = (1, 2, 3)


def say(line: str) -> None:
    """At one go, since several threads talk."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def post() -> None:
    """Fill the database with a town and post without end from several threads, until the database is gone.

    Says which items the service has acknowledged ("posted 0-12") and which it has refused.
    """
    call_command("migrate", verbosity=0)
    place = town.build(classes=8, days_before=DAYS_BEFORE)
    ChangedDay.objects.all().delete()
    threads = [threading.Thread(target=keep_posting, args=(place, number)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def keep_posting(place: town.Town, thread: int) -> None:
    """Each thread goes through all classes and days, so that they meet at the same notices."""
    days = [school_day.day for school_day in place.school.days.filter(day__lte=place.today)]
    where = itertools.cycle(itertools.product(days, place.classes))
    for number, (day, class_group), minutes in zip(itertools.count(), where, itertools.cycle(MINUTES), strict=False):
        content = f"{thread}-{number}"
        try:
            make.ItemFactory(by=place.teacher, class_group=class_group, day=day, content=content, minutes=minutes)
        except ValidationError:
            say(f"refused {content}")
        except (OperationalError, InterfaceError):
            return
        else:
            say(f"posted {content}")


def look() -> None:
    """Say as JSON what is there, and what sums it gives."""
    found = {
        "items": list(Item.objects.values_list("content", flat=True)),
        "changed": ChangedDay.objects.count(),
        "notices": [in_plain(notice) for notice in Notice.objects.prefetch_related("items")],
    }
    rollup.take_changed_days(until=timezone.localdate())
    sums = HomeworkTally.objects.aggregate(minutes=Sum("written_minutes"), notices=Sum("published"))
    say(json.dumps(found | {"sums": sums, "left": ChangedDay.objects.count()}))


def in_plain(notice: Notice) -> dict[str, object]:
    """The verdict as it is stored, and the load that its items have."""
    return {
        "load": notice.load_minutes,
        "fresh_load": policy.load([item.work for item in notice.items.all()]),
        "is_complete": notice.is_complete,
        "spoken": notice.subjects_spoken,
        "is_over": notice.is_over,
    }
