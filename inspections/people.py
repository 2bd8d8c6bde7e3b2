"""Who is told of a finding: those who answer for its owner, and those who inspect from above."""

import datetime as dt

from django.db.models import Q, QuerySet

from accounts.models import User
from schools.access import ROLES_FOR
from schools.models import OrgUnit, Posting
from schools.models.units import codes_in


def answering(unit_id: int, day: dt.date) -> QuerySet[User]:
    """Those posted at the unit itself who answer for it: 校长 and 教导处, a bureau's officers, a 成员单位's 联络员."""
    return _at_work(Posting.objects.on(day).filter(unit=unit_id, role__in=ROLES_FOR["answer_findings"]))


def bureau(path: str, level: str, day: dt.date) -> QuerySet[User]:
    """Officers and 责任督学 of the county or the city above `path`."""
    above = OrgUnit.objects.filter(code__in=codes_in(path)[:-1], level=level)
    return _at_work(Posting.objects.on(day).filter(unit__in=above, role__in=ROLES_FOR["inspect"]))


def inspectors(path: str, day: dt.date, *, but: User | None = None) -> QuerySet[User]:
    """Those of the county above `path` but for one; of the city where the county has nobody (else)."""
    county = bureau(path, OrgUnit.Level.COUNTY, day)
    if but:
        county = county.exclude(pk=but.pk)
    return county if county.exists() else bureau(path, OrgUnit.Level.CITY, day)


def _at_work(postings: QuerySet[Posting]) -> QuerySet[User]:
    return User.objects.filter(Q(is_active=True), pk__in=postings.order_by().values("user"))
