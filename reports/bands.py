"""How class-days spread over minutes, measured by the limit that held for each class."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, When

from homework.models import Notice
from reports.models import PLACE
from reports.snapshot import Band
from schools.dated import holding_on
from schools.models import SchoolDay
from schools.models.units import beginning_with

# Minutes of a class-day against the limit that held for it. In this order; the first that fits counts.
BANDS = (
    ("超30分钟以上", Q(load_minutes__gt=F("limit_minutes") + 30), True),
    ("超11–30分钟", Q(load_minutes__gt=F("limit_minutes") + 10), True),
    ("超1–10分钟", Q(load_minutes__gt=F("limit_minutes")), True),
    ("0分钟", Q(load_minutes=0), False),
    ("不足50%", Q(load_minutes__lt=F("limit_minutes") * 0.5), False),
    ("50–90%", Q(load_minutes__lt=F("limit_minutes") * 0.9), False),
    ("90–100%", Q(), False),
)
# As shown: from no work at all to far over the limit.
BANDS_SHOWN = (3, 4, 5, 6, 2, 1, 0)


def bands(first_day: dt.date, last_day: dt.date, paths: Iterable[str]) -> list[Band]:
    """Complete ordinary class-days as the sums count them: in all `judged`, those over the limit `over_limit`."""
    held = SchoolDay.objects.held().filter(school=OuterRef("school"), day=OuterRef("day"))
    notices = Notice.objects.between(first_day, last_day).filter(
        beginning_with(f"{PLACE}path", paths),
        holding_on(F("day"), PLACE),
        holding_on(F("day"), "class_group__"),
        Exists(held),
        is_complete=True,
        covers_until=None,
    )
    band = Case(
        *(When(rule, then=number) for number, (_, rule, _) in enumerate(BANDS[:-1])),
        default=len(BANDS) - 1,
        output_field=IntegerField(),
    )
    counts = dict(notices.order_by().values_list(band).annotate(Count("pk")))
    return [Band(BANDS[number][0], counts.get(number, 0), BANDS[number][2]) for number in BANDS_SHOWN]
