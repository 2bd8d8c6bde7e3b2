"""For those who oversee: schools of one day, and one school's classes over its last school days."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from homework.class_days import day_sums, grid, last_day_taught, last_school_days, total
from homework.vacations import vacations_near
from schools import access
from schools.models import School
from schools.views.days import asked_day

SCHOOLS_ON_A_PAGE = 30
DAYS_IN_THE_GRID = 10


@login_required
@require_GET
def overview(request: SignedInRequest) -> HttpResponse:
    """The schools of my scope on a day, the last one taught unless asked for; who has one school sees that school."""
    paths = access.require_anywhere(request.user, "oversee_school")
    today = timezone.localdate()
    day = asked_day(request, last_day_taught(School.objects.inside(paths), today) or today)
    schools = School.objects.inside(paths).open_on(day).select_related("unit").order_by("unit__code")
    if not access.scope(request.user, "oversee_area"):
        only = schools[:2]
        if len(only) == 1:
            return _school_page(request, only[0])
    asked = request.GET.get("q", "").replace("\0", "").strip()
    found = schools.filter(unit__name__contains=asked) if asked else schools
    page = Paginator(found, SCHOOLS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "day": day,
        "previous_day": day - dt.timedelta(days=1),
        "next_day": day + dt.timedelta(days=1) if day < today else None,
        "q": asked,
        "page": page,
        "rows": day_sums(list(page.object_list), day),
        "total": total(found, day),
    }
    return render(request, "homework/overview.html", context)


@login_required
@require_GET
def school_overview(request: SignedInRequest, code: str) -> HttpResponse:
    visible = School.objects.inside(access.scope(request.user)).select_related("unit")
    school = get_object_or_404(visible, unit__code=code)
    access.require(request.user, "oversee_school", school.unit)
    return _school_page(request, school)


def _school_page(request: SignedInRequest, school: School) -> HttpResponse:
    until = asked_day(request, timezone.localdate())
    days = last_school_days(school, until, DAYS_IN_THE_GRID)[::-1]  # a phone shows the first columns
    context = {
        "school": school,
        "days": days,
        "rows": grid(school, days) if days else [],
        "until": until,
        "earlier": days[-1] - dt.timedelta(days=1) if days else None,
        "is_latest": until >= timezone.localdate(),
        "has_vacation_near": bool(vacations_near([school.pk], timezone.localdate())),
    }
    return render(request, "homework/school_overview.html", context)
