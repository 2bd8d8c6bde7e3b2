"""The public board: a school's day and a class's day, for anybody, without signing in.

Pages are the same for everybody and know nobody's session, so that proxies may keep them. No pupil and no teacher is
named.
"""

import datetime as dt

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from homework.class_days import class_days, last_school_days
from homework.models import Notice
from homework.views.days import asked_day
from schools.models import ClassGroup, School, SchoolDay

# A board is looked at far more often than it changes; a minute's delay is nobody's loss.
FRESH_SECONDS = 60

MOST_FOUND = 50


@require_safe
@cache_control(public=True, max_age=FRESH_SECONDS)
@conditional_page
def board_index(request: HttpRequest) -> HttpResponse:
    """Find a school by a part of its name or by its code."""
    asked = request.GET.get("q", "").replace("\0", "").strip()[:40]
    schools = School.objects.open_on(timezone.localdate()).select_related("unit").order_by("unit__code")
    by_code = schools.filter(unit__code=asked)
    found = by_code if asked.isdigit() else schools.filter(unit__name__contains=asked)
    context = {"q": asked, "schools": found[:MOST_FOUND] if len(asked) >= 2 else [], "most": MOST_FOUND}
    return HttpResponse(render_to_string("homework/board_index.html", context))


@require_safe
@cache_control(public=True, max_age=FRESH_SECONDS)
@conditional_page
def board(request: HttpRequest, code: str) -> HttpResponse:
    school = _school(code)
    day = _day(request, school)
    classes = _classes(school, day) if day else []
    address = request.build_absolute_uri(reverse("homework:board", args=[code]))
    return _page("homework/board.html", school, day, classes, address)


@require_safe
@cache_control(public=True, max_age=FRESH_SECONDS)
@conditional_page
def board_class(request: HttpRequest, code: str, class_id: int) -> HttpResponse:
    school = _school(code)
    class_group = get_object_or_404(ClassGroup.objects.select_related("school"), school=school, pk=class_id)
    day = _day(request, school)
    if day and not _is_taught(class_group, day):
        raise Http404
    address = request.build_absolute_uri(reverse("homework:board_class", args=[code, class_id]))
    return _page("homework/board_class.html", school, day, [class_group] if day else [], address)


def _school(code: str) -> School:
    return get_object_or_404(School.objects.select_related("unit"), unit__code=code)


def _day(request: HttpRequest, school: School) -> dt.date | None:
    """The day asked for, else the school's latest; None before its first. Http404 for a day without school."""
    today = timezone.localdate()
    day = asked_day(request, today)
    latest = last_school_days(school, min(day, today), 1)
    if request.GET.get("day") and latest != [day]:
        raise Http404
    return latest[0] if latest else None


def _classes(school: School, day: dt.date) -> list[ClassGroup]:
    return list(ClassGroup.objects.filter(school=school).on(day).select_related("school").in_order())


def _is_taught(class_group: ClassGroup, day: dt.date) -> bool:
    return class_group.first_day <= day and (class_group.last_day is None or class_group.last_day >= day)


def _page(template: str, school: School, day: dt.date | None, classes: list[ClassGroup], address: str) -> HttpResponse:
    context = {
        "school": school,
        "day": day,
        "is_today": day == timezone.localdate(),
        "class_days": class_days(classes, day, Notice.objects.public()) if day else [],
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=1),
    } | _neighbours(school, day)
    return HttpResponse(render_to_string(template, context))


def _neighbours(school: School, day: dt.date | None) -> dict[str, dt.date | None]:
    """The school days just before and after, not beyond today."""
    if day is None:
        return {"previous_day": None, "next_day": None}
    held = SchoolDay.objects.held().filter(school=school)
    before = held.filter(day__lt=day).order_by("-day").first()
    after = held.filter(day__gt=day, day__lte=timezone.localdate()).order_by("day").first()
    return {"previous_day": before.day if before else None, "next_day": after.day if after else None}
