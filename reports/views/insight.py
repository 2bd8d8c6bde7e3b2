"""What leaders see of homework: a school's map, balance, term and rows; an area's units side by side."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from homework.class_days import last_day_taught
from homework.models import Item
from reports import balance, insight, pictures, rows, signs, terms
from reports.views import returns
from reports.views.choice import choose_unit
from schools import access
from schools.models import OrgUnit, School
from schools.views.days import asked_day

NOTICES_ON_A_PAGE = 30
SCHOOLS_ON_A_PAGE = 30
DAYS_OF_ROWS = 31


@login_required
@require_safe
def insight_start(request: SignedInRequest) -> HttpResponse:
    return choose_unit(request, "oversee_school", "作业分析", lambda unit: "reports:insight_unit")


@login_required
@require_safe
def insight_unit(request: SignedInRequest, code: str) -> HttpResponse:
    unit = unit_of(request, code)
    day = day_asked(request, unit)
    if unit.level == OrgUnit.Level.SCHOOL:
        return _school_week(request, unit, day)
    first_day, last_day = insight.week_of(day)
    units, whole = insight.area_rows(unit, first_day, min(last_day, yesterday()))
    context = head(unit, "week", day) | {"rows": units, "whole": whole, "few": insight.FEW} | turning(day)
    return render(request, "reports/insight_area.html", context)


def _school_week(request: SignedInRequest, unit: OrgUnit, day: dt.date) -> HttpResponse:
    today = timezone.localdate()
    first_day, last_day = insight.week_of(day)
    week = insight.school_map(School.objects.get(pk=unit.pk), first_day, min(last_day, today))
    behind = [row.before(today) for row in week.rows]
    context = head(unit, "week", day) | {
        "map": week,
        "grades": week.of_day(day),
        "behind": [row for row in behind if row.is_behind],
    }
    return render(request, "reports/insight_school.html", context | turning(day))


@login_required
@require_safe
def insight_balance(request: SignedInRequest, code: str) -> HttpResponse:
    unit = unit_of(request, code)
    day = day_asked(request, unit)
    spans, span = balance.SPANS[unit.level], span_asked(request, unit)
    first_day, last_day = balance.span_days(span, unit, day)
    schools = schools_of(unit, day)
    found = balance.balance(schools, first_day, last_day)
    context = head(unit, "balance", day) | {
        "span": span,
        "spans": [(name, balance.SPAN_NAMES[name]) for name in spans],
        "first_day": first_day,
        "last_day": last_day,
        "balance": found,
        "picture": pictures.of_subjects(found),
        "warned": balance.warned(schools, first_day, last_day),
        "experienced": _experienced(unit, day, first_day, last_day),
    }
    return render(request, "reports/insight_balance.html", context)


def span_asked(request: SignedInRequest, unit: OrgUnit) -> str:
    """One of balance.SPANS, the first unless asked otherwise."""
    spans, span = balance.SPANS[unit.level], request.GET.get("span", "")
    return span if span in spans else spans[0]


def _experienced(unit: OrgUnit, day: dt.date, first_day: dt.date, last_day: dt.date) -> list[balance.Experienced]:
    if unit.level == OrgUnit.Level.SCHOOL:
        return balance.experienced_in_school(School.objects.get(pk=unit.pk), first_day, last_day)
    return balance.experienced_in_area(insight.schools_by_unit(unit, day), first_day, last_day)


@login_required
@require_safe
def insight_trend(request: SignedInRequest, code: str) -> HttpResponse:
    unit = unit_of(request, code)
    day = day_asked(request, unit)
    first_day, last_day = insight.term_of(unit, day)
    found = terms.term_trend(unit, first_day, min(last_day, yesterday()))
    context = head(unit, "trend", day) | {"trend": found, "first_day": first_day, "last_day": last_day}
    if found.weeks:
        context["pictures"] = pictures.of_term(found)
    return render(request, "reports/insight_trend.html", context)


@login_required
@require_safe
def insight_notices(request: SignedInRequest, code: str) -> HttpResponse:
    unit = unit_of(request, code, level=OrgUnit.Level.SCHOOL)
    school = School.objects.get(pk=unit.pk)
    day = day_asked(request, unit)
    asked = rows.asked(request.GET.dict(), day - dt.timedelta(days=DAYS_OF_ROWS - 1), day)
    page = Paginator(rows.class_days(school, asked), NOTICES_ON_A_PAGE).get_page(request.GET.get("page"))
    notices = list(page.object_list)
    items: dict[int, list[Item]] = {notice.pk: [] for notice in notices}
    for item in Item.objects.live().filter(notice__in=items).select_related("subject").order_by("subject__rank", "pk"):
        items[item.notice_id].append(item)
    context = head(unit, "", day) | {
        "words": rows.in_words(school, asked),
        "page": page,
        "rows": [(notice, notice.class_group.name_on(notice.day), items[notice.pk]) for notice in notices],
    }
    return render(request, "reports/insight_notices.html", context)


@login_required
@require_safe
def insight_signs(request: SignedInRequest, code: str) -> HttpResponse:
    unit = unit_of(request, code)
    day = day_asked(request, unit)
    days = signs.Days(insight.term_of(unit, day)[0], day)
    rules = list(signs.sign_rules().values())
    context = head(unit, "signs", day) | {"rules": rules, "days": days}
    if unit.level == OrgUnit.Level.SCHOOL:
        found = signs.named(signs.traces([unit.pk], days), day)
        context |= {
            "shown": [(rule, [row for row in found if row.trace.rule == rule]) for rule in rules],
            "sees_complaints": bool(access.scope(request.user, "handle_complaints")),
            "sees_returns": returns.may_see(request.user, unit),
        }
        return render(request, "reports/insight_signs.html", context)
    schools = schools_of(unit, day).select_related("unit").order_by("unit__code")
    page = Paginator(schools, SCHOOLS_ON_A_PAGE).get_page(request.GET.get("page"))
    context |= {"page": page, "rows": signs.by_school(list(page.object_list), days)}
    return render(request, "reports/insight_signs_area.html", context)


def unit_of(request: SignedInRequest, code: str, level: str = "") -> OrgUnit:
    """404 outside the scope and for what has no homework below it, 403 for those whose job it is not."""
    units = OrgUnit.objects.exclude(level=OrgUnit.Level.DEPARTMENT)
    unit = access.get_visible(units.filter(level=level) if level else units, request.user, code=code)
    access.require(request.user, "oversee_school", unit)
    return unit


def schools_of(unit: OrgUnit, day: dt.date) -> QuerySet[School]:
    return School.objects.under_paths(insight.paths_then(unit, day), day)


def day_asked(request: SignedInRequest, unit: OrgUnit) -> dt.date:
    """The day asked for, not one to come; else the last that the school, or one of the area's before today, taught."""
    today = timezone.localdate()
    if request.GET.get("day"):
        return min(asked_day(request, today), today)
    if unit.level == OrgUnit.Level.SCHOOL:
        return last_day_taught(School.objects.filter(pk=unit.pk), today) or today
    return last_day_taught(School.objects.under(unit, today), yesterday()) or today


def yesterday() -> dt.date:
    """Sums of a day that is not over would look like a bad day's."""
    return timezone.localdate() - dt.timedelta(days=1)


def turning(day: dt.date) -> dict[str, object]:
    monday, sunday = insight.week_of(day)
    return {
        "monday": monday,
        "sunday": sunday,
        "earlier": monday - dt.timedelta(days=3),
        "later": monday + dt.timedelta(days=7) if sunday < timezone.localdate() else None,
    }


def head(unit: OrgUnit, tab: str, day: dt.date) -> dict[str, object]:
    return {"unit": unit, "tab": tab, "day": day, "is_school": unit.level == OrgUnit.Level.SCHOOL}
