"""The public board: a school's and a class's day and week, for anybody, without signing in.

Pages are the same for everybody and know nobody's session, so that proxies may keep them. No pupil and no teacher is
named, and a school's pages do not lead to its classes' own addresses.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from homework import samples, versions
from homework.board import Made, answer
from homework.board_days import Days, class_and_days, classes_on, public_days, school_and_days, vacation
from homework.class_days import ClassDay
from homework.models import Notice, NoticeQuerySet
from homework.versions import PublicChange
from schools.models import ClassGroup, School
from schools.views.days import asked_day

# Schools' names change seldom.
INDEX_SECONDS = 60
MOST_FOUND = 50

ROBOTS = """User-agent: *
Allow: /homework/board/
Allow: /training/lists/
Allow: /static/
Disallow: /
"""


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may come to the board and the lists of institutions; each page says whether it may be listed."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=INDEX_SECONDS)
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
def board(request: HttpRequest, code: str) -> HttpResponseBase:
    return answer(request, lambda: _board(request, code))


@require_safe
def board_week(request: HttpRequest, code: str) -> HttpResponseBase:
    return answer(request, lambda: _board_week(request, code))


@require_safe
def board_changes(request: HttpRequest, code: str) -> HttpResponseBase:
    return answer(request, lambda: _board_changes(request, code))


@require_safe
def board_class(request: HttpRequest, key: str) -> HttpResponseBase:
    return answer(request, lambda: _board_class(request, key))


@require_safe
def board_class_week(request: HttpRequest, key: str) -> HttpResponseBase:
    return answer(request, lambda: _board_class_week(request, key))


@require_safe
def board_class_changes(request: HttpRequest, key: str) -> HttpResponseBase:
    return answer(request, lambda: _board_class_changes(request, key))


def _board(request: HttpRequest, code: str) -> Made:
    school, days = _school(request, code)
    _require_school_day(request, days)
    shown = [days.day] if days.day else []
    class_days = public_days(classes_on(school, shown), shown)
    return _made("homework/board.html", request, school, days, class_days=class_days)


def _board_week(request: HttpRequest, code: str) -> Made:
    school, days = _school(request, code)
    _require_past_week(days)
    class_days = public_days(classes_on(school, days.week), days.week)
    return _made("homework/board_week.html", request, school, days, rows=_rows(class_days, days.week))


def _board_changes(request: HttpRequest, code: str) -> Made:
    school, days = _school(request, code)
    _require_school_day(request, days)
    changes = _changes(Notice.objects.filter(school=school), days.day)
    return _made("homework/board_changes.html", request, school, days, changes=changes)


def _board_class(request: HttpRequest, key: str) -> Made:
    class_group, days = _class(request, key)
    _require_school_day(request, days)
    class_days = public_days([class_group], [days.day] if days.day else [])
    notices = [class_day.notice.pk for class_day in class_days if class_day.notice]
    return _made_of_class(
        "homework/board_class.html",
        request,
        class_group,
        days,
        class_days=class_days,
        answers=next(iter(samples.shown(notices).values()), None) if notices else None,
        vacation=vacation(class_group) if days.is_today or not request.GET.get("day") else None,
    )


def _board_class_week(request: HttpRequest, key: str) -> Made:
    class_group, days = _class(request, key)
    _require_past_week(days)
    class_days = public_days([class_group], days.week)
    return _made_of_class("homework/board_class_week.html", request, class_group, days, class_days=class_days)


def _board_class_changes(request: HttpRequest, key: str) -> Made:
    class_group, days = _class(request, key)
    _require_school_day(request, days)
    changes = _changes(Notice.objects.filter(class_group=class_group), days.day)
    return _made_of_class("homework/board_changes.html", request, class_group, days, changes=changes)


def _school(request: HttpRequest, code: str) -> tuple[School, Days]:
    today = timezone.localdate()
    return school_and_days(code, asked_day(request, today), today)


def _class(request: HttpRequest, key: str) -> tuple[ClassGroup, Days]:
    today = timezone.localdate()
    return class_and_days(key, asked_day(request, today), today)


def _require_school_day(request: HttpRequest, days: Days) -> None:
    """Http404 when a day was asked for and is no school day up to today."""
    if request.GET.get("day") and (days.day is None or request.GET["day"] != days.day.isoformat()):
        raise Http404


def _require_past_week(days: Days) -> None:
    if days.monday > days.today:
        raise Http404


def _made(template: str, request: HttpRequest, school: School, days: Days, **context: object) -> Made:
    settings = getattr(school, "board_settings", None)
    may_be_indexed = settings is not None and settings.may_be_indexed
    pages = {"page": reverse("homework:board", args=[school.unit.code])}
    pages |= {"week_page": f"{pages['page']}week/", "changes_page": f"{pages['page']}changes/"}
    return _render(template, request, school, days, may_be_indexed, **pages, **context)


def _made_of_class(template: str, request: HttpRequest, class_group: ClassGroup, days: Days, **context: object) -> Made:
    """Never listed by search engines: who has the address has it from the school."""
    key = class_group.board_key
    context |= {"key": key, "class_group": class_group, "name": class_group.name_on(days.day or days.today)}
    pages = {"page": reverse("homework:board_class", args=[key])}
    pages |= {"week_page": f"{pages['page']}week/", "changes_page": f"{pages['page']}changes/"}
    return _render(template, request, class_group.school, days, False, **pages, **context)


def _render(
    template: str, request: HttpRequest, school: School, days: Days, may_be_indexed: bool, **context: object
) -> Made:
    address = request.build_absolute_uri(str(context["page"]))
    context |= {
        "school": school,
        "days": days,
        "may_be_indexed": may_be_indexed,
        "address": address,
        "qr": qr_code(address),
    }
    return Made(school.pk, render_to_string(template, context), may_be_indexed)


@lru_cache(maxsize=2048)
def qr_code(address: str) -> str:
    """As a data URL."""
    uri: str = segno.make(address, error="m").svg_data_uri(scale=4, border=1)
    return uri


def _rows(class_days: Iterable[ClassDay], days: Sequence[dt.date]) -> list[tuple[str, list[ClassDay | None]]]:
    """A row per class in the order of the last of `days`: its name then, and its days, None where it was not there."""
    found: dict[ClassGroup, dict[dt.date, ClassDay]] = {}
    for class_day in sorted(class_days, key=lambda one: one.day, reverse=True):
        found.setdefault(class_day.class_group, {})[class_day.day] = class_day
    return [(of_class[max(of_class)].name, [of_class.get(day) for day in days]) for of_class in found.values()]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A class's notice that has been corrected, with what stood there before, the latest first."""

    name: str
    notice: Notice
    changes: list[PublicChange]


def _changes(notices: NoticeQuerySet, day: dt.date | None) -> list[Corrected]:
    """Two queries."""
    if day is None:
        return []
    corrected = notices.public().on(day).exclude(corrected_at=None).select_related("class_group")
    found = {notice.pk: notice for notice in corrected}
    changes = versions.public_changes(found.values())
    return [
        Corrected(notice.class_group.name_on(day), notice, changes[pk])
        for pk, notice in sorted(found.items(), key=lambda pair: _place(pair[1].class_group))
        if pk in changes
    ]


def _place(class_group: ClassGroup) -> tuple[int, int]:
    """In the order of grades and numbers."""
    return class_group.entry_grade - class_group.entry_year, class_group.number
