"""How long forms take to fill in: sums without a person, of schools that chose to share them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Count, F, Q, Sum

from accounts.models import User
from reports.models.tallies import PLACE
from schools.dated import holding_on
from schools.models import School
from schools.models.units import beginning_with


class BurdenChoice(models.Model):
    """What a school chose last: whether its people's browsers send their sums. No row: they do not."""

    school = models.OneToOneField(School, models.PROTECT, related_name="burden_choice")
    is_shared = models.BooleanField(default=False)
    chosen_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    chosen_on = models.DateField()


class BurdenTallyQuerySet(models.QuerySet["BurdenTally"]):
    def ending_between(self, first_day: dt.date, last_day: dt.date) -> BurdenTallyQuerySet:
        """Weeks whose Sunday is one of these days, both included: so that a week belongs to one month."""
        return self.filter(week__range=(first_day - dt.timedelta(days=6), last_day - dt.timedelta(days=6)))

    def below(self, paths: Iterable[str]) -> BurdenTallyQuerySet:
        """Of schools that stood at or below these paths on the week's Monday."""
        return self.filter(beginning_with(f"{PLACE}path", paths) & holding_on(F("week"), PLACE))

    def sums_by(self, *keys: str) -> models.QuerySet[Any, dict[str, Any]]:
        """One dict per combination of `keys`, with the sum of every count and of how many schools it is."""
        sums = {f"burden_{name}": Sum(name) for name in BurdenTally.COUNTS}
        return self.order_by().values(*keys).annotate(burden_schools=Count("school", distinct=True), **sums)


class BurdenTally(models.Model):
    """One kind of form in one school in one week, as the browsers added it up. Nobody can say who filled it in."""

    COUNTS = ("devices", "filled", "seconds", "fields")

    class Form(models.TextChoices):
        HOMEWORK = "homework", "作业公示"
        ROLL = "roll", "课后服务点名"
        RETURN = "return", "半月、月上报"
        FINDING = "finding", "问题整改答复"

    school = models.ForeignKey(School, models.PROTECT, related_name="+", db_index=False)
    week = models.DateField(db_comment="Monday")
    form = models.CharField(max_length=10, choices=Form)
    devices = models.PositiveIntegerField(default=0, db_comment="devices that filled it in that week")
    filled = models.PositiveIntegerField(default=0, db_comment="forms sent")
    seconds = models.PositiveIntegerField(default=0, db_comment="from first touch to sending, without long pauses")
    fields = models.PositiveIntegerField(default=0, db_comment="fields that these forms asked")

    objects = BurdenTallyQuerySet.as_manager()

    class Meta:
        db_table_comment = "Grain: school x week x form. Sums sent by browsers, without a person; cannot be rebuilt."
        constraints = [
            models.UniqueConstraint(name="reports_burdentally_once", fields=["week", "school", "form"]),
            models.CheckConstraint(name="reports_burdentally_week_begins_on_monday", condition=Q(week__iso_week_day=1)),
            models.CheckConstraint(
                name="reports_burdentally_devices_have_filled", condition=Q(devices__lte=F("filled"))
            ),
        ]
        indexes = [models.Index(name="reports_burdentally_school", fields=["school", "week"])]
