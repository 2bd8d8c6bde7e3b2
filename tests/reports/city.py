"""Classes whose homework is counted by hand. Monday 12 to Wednesday 14 October 2026 are the school days."""

import datetime as dt

from homework.models import Notice
from reports import rollup
from schools.models import ClassGroup, OrgUnit, School
from tests import factories as make
from tests.fixtures import SHANGHAI

MONDAY, TUESDAY, WEDNESDAY = (dt.date(2026, 10, day) for day in (12, 13, 14))
DAYS = (MONDAY, TUESDAY, WEDNESDAY)


def a_city(**values) -> OrgUnit:
    """A city with the three school days."""
    city = make.CityFactory(**values)
    make.TermFactory(unit=city, first_day=MONDAY, last_day=WEDNESDAY)
    return city


def a_class(school: School, **values) -> ClassGroup:
    """Of grade 5, with one subject that sets homework."""
    group = make.ClassGroupFactory(school=school, **values)
    make.TeachingFactory(class_group=group)
    return group


def post(
    group: ClassGroup, day: dt.date, minutes: int, *, limit: int = 60, is_on_time: bool = True, review: str = "stands"
) -> Notice:
    """A complete notice as the services leave it."""
    over = minutes > limit
    return Notice.objects.create(
        class_group=group,
        school=group.school,
        day=day,
        grade=group.grade_on(day),
        published_at=dt.datetime.combine(day, dt.time(17), SHANGHAI),
        limit_minutes=limit,
        load_minutes=minutes,
        breached_rule="daily_total" if over else "",
        review=review if over else "",
        subjects_due=1,
        subjects_spoken=1,
        is_complete=True,
        completed_at=dt.datetime.combine(day, dt.time(17), SHANGHAI),
        is_on_time=is_on_time,
    )


def counted() -> None:
    """Bring the sums up to date."""
    rollup.rebuild_days(MONDAY, WEDNESDAY)
