"""A school's choice whether sums are sent, and the sums that come."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.services import audit
from reports.burden.received import Sum
from reports.models import BurdenChoice, BurdenTally
from schools.models import School


@transaction.atomic
def choose(*, by: User, school: School, is_shared: bool, today: dt.date) -> None:
    """From now on sums are taken of this school, or none; those that came before stay."""
    chosen = {"is_shared": is_shared, "chosen_by": by, "chosen_on": today}
    BurdenChoice.objects.update_or_create(school=school, defaults=chosen)
    audit(by=by, action="burden.choose", subject=school, path=school.unit.path_on(today), is_shared=is_shared)


def is_shared(school: School) -> bool:
    return BurdenChoice.objects.filter(school=school, is_shared=True).exists()


@transaction.atomic
def add(*, school: School, sums: Iterable[Sum]) -> None:
    """Add to the school's own. Nobody's name comes here, and no audit entry is written: there is nobody to name.

    In one order, so that two browsers cannot wait for each other.
    """
    for one in sorted(sums, key=lambda one: (one.week, one.form)):
        row, _ = BurdenTally.objects.get_or_create(school=school, week=one.week, form=one.form)
        BurdenTally.objects.filter(pk=row.pk).update(
            devices=F("devices") + int(one.is_first),
            filled=F("filled") + one.filled,
            seconds=F("seconds") + one.seconds,
            fields=F("fields") + one.fields,
        )
