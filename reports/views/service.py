"""What leaders see of after-school service: a school's day and term, an area's month."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from homework.class_days import last_day_taught
from reports import insight
from reports.service_area import area_month
from reports.service_school import open_incidents, term, today
from reports.views.choice import choose_unit
from schools import access
from schools.models import OrgUnit, School
from schools.periods import PeriodKind, containing
from schools.views.days import asked_day


@login_required
@require_safe
def service_start(request: SignedInRequest) -> HttpResponse:
    return choose_unit(request, "oversee_school", "课后服务情况", _page_of)


def _page_of(unit: OrgUnit) -> str:
    return "reports:service_school" if unit.level == OrgUnit.Level.SCHOOL else "reports:service_area"


@login_required
@require_safe
def service_school(request: SignedInRequest, code: str) -> HttpResponse:
    unit = access.get_visible(OrgUnit.objects.filter(level=OrgUnit.Level.SCHOOL), request.user, code=code)
    access.require(request.user, "oversee_school", unit)
    school = School.objects.select_related("unit").get(pk=unit.pk)
    now = timezone.localtime()
    first_day, _ = insight.term_of(unit, now.date())
    is_insider = access.can(request.user, "read_incidents", unit)
    context = {
        "unit": unit,
        "day": now.date(),
        "first_day": first_day,
        "today": today(school, now),
        "is_insider": is_insider,
        "incidents": open_incidents(school) if is_insider else None,
        "term": term(school, first_day, now.date(), _yesterday()),
        "few": insight.FEW,
    }
    return render(request, "reports/service_school.html", context)


@login_required
@require_safe
def service_area(request: SignedInRequest, code: str) -> HttpResponse:
    areas = OrgUnit.objects.exclude(level__in=(OrgUnit.Level.DEPARTMENT, OrgUnit.Level.SCHOOL))
    unit = access.get_visible(areas, request.user, code=code)
    access.require(request.user, "oversee_area", unit)
    month = containing(PeriodKind.MONTH, _day(request, unit))
    until = max(min(month.last_day, _yesterday()), month.first_day)
    context = {
        "unit": unit,
        "month": month,
        "until": until,
        "earlier": month.previous().first_day,
        "later": month.last_day + dt.timedelta(days=1) if month.last_day < timezone.localdate() else None,
        "found": area_month(unit, month.first_day, until),
        "few": insight.FEW,
    }
    return render(request, "reports/service_area.html", context)


def _day(request: SignedInRequest, unit: OrgUnit) -> dt.date:
    """The day asked for, not one to come; else the last before today that one of the area's schools taught."""
    today = timezone.localdate()
    if request.GET.get("day"):
        return min(asked_day(request, today), today)
    return last_day_taught(School.objects.under(unit, today), _yesterday()) or today


def _yesterday() -> dt.date:
    """Sums of a day that is not over would look like a bad day's."""
    return timezone.localdate() - dt.timedelta(days=1)
