"""The calendar of a city, county or school: see a term's days, set it, change single days, and set off-work times."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from schools import access
from schools.calendar import school_year
from schools.forms.calendar import CalendarForm, DayChangeForm, OffWorkForm, TermForm
from schools.models import CalendarChange, OffWorkTime, OrgUnit, Term
from schools.models.units import codes_in
from schools.services import days as services
from schools.views.month_grid import Month, months

# Terms and off-work times are an area's; a school changes single days.
AREAS = (OrgUnit.Level.CITY, OrgUnit.Level.COUNTY)


@login_required
@require_safe
def calendar(request: SignedInRequest) -> HttpResponse:
    """?unit=, ?year=, ?half=: without them her own unit and the present term. ?day= fills in the form below."""
    unit = _unit(request, request.GET.get("unit"))
    return render(request, "schools/calendar.html", _context(request, unit, {}))


def _unit(request: SignedInRequest, pk: str | None) -> OrgUnit:
    """The unit asked for, else the user's first. 404 outside her scope, 403 where she may not manage the calendar."""
    paths = access.require_anywhere(request.user, "manage_calendar")
    if not pk:
        return next(held.unit for held in access.held(request.user) if held.path in paths)
    if not pk.isdecimal():
        raise Http404
    unit = access.get_visible(OrgUnit.objects.exclude(level=OrgUnit.Level.DEPARTMENT), request.user, pk=int(pk))
    access.require(request.user, "manage_calendar", unit)
    return unit


@login_required
@require_POST
def term_set(request: SignedInRequest) -> HttpResponse:
    unit = _area(request)
    form = TermForm(request.POST, prefix="term")
    if form.is_valid() and _done(form, services.set_term, request, unit):
        messages.success(request, "学期已保存，各校上课日已更新。")
        values = form.cleaned_data
        return redirect(_address(unit, values["school_year"], values["half"]))
    return render(request, "schools/calendar.html", _context(request, unit, {"term": form}), status=422)


def _area(request: SignedInRequest) -> OrgUnit:
    unit = _unit(request, request.POST.get("unit"))
    if unit.level not in AREAS:
        raise Http404
    return unit


def _done(form: CalendarForm, service: Any, request: SignedInRequest, unit: OrgUnit) -> bool:
    """Call the service with the form's values; its refusal goes back into the form."""
    try:
        service(by=request.user, unit=unit, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


@login_required
@require_POST
def day_change(request: SignedInRequest) -> HttpResponse:
    unit = _unit(request, request.POST.get("unit"))
    form = DayChangeForm(request.POST, prefix="day")
    if form.is_valid() and _done(form, services.change_day, request, unit):
        day = form.cleaned_data["day"]
        messages.success(request, f"{day:%Y年%-m月%-d日}已调整。")
        return redirect(_address_of_day(unit, day))
    return render(request, "schools/calendar.html", _context(request, unit, {"day": form}), status=422)


@login_required
@require_POST
def day_change_back(request: SignedInRequest, change_id: int) -> HttpResponse:
    access.require_anywhere(request.user, "manage_calendar")
    change = get_object_or_404(CalendarChange.objects.select_related("unit"), pk=change_id)
    unit = _unit(request, str(change.unit_id))
    services.take_change_back(by=request.user, change=change)
    messages.success(request, f"{change.day:%Y年%-m月%-d日}已恢复原来的安排。")
    return redirect(_address_of_day(unit, change.day))


@login_required
@require_POST
def off_work_set(request: SignedInRequest) -> HttpResponse:
    unit = _area(request)
    form = OffWorkForm(request.POST, prefix="off")
    if form.is_valid() and _done(form, services.set_off_work_time, request, unit):
        messages.success(request, "下班时间已保存。")
        return redirect(_address(unit, *_year_and_half(timezone.localdate())))
    return render(request, "schools/calendar.html", _context(request, unit, {"off": form}), status=422)


def _address(unit: OrgUnit, year: int, half: str) -> str:
    return f"{reverse('schools:calendar')}?unit={unit.pk}&year={year}&half={half}"


def _address_of_day(unit: OrgUnit, day: dt.date) -> str:
    return _address(unit, *_year_and_half(day))


def _year_and_half(day: dt.date) -> tuple[int, str]:
    """August to January is autumn."""
    half = Term.Half.SPRING if 2 <= day.month <= 7 else Term.Half.AUTUMN
    return school_year(day), half


def _asked(request: SignedInRequest, today: dt.date) -> tuple[int, str]:
    year, half = _year_and_half(today)
    asked = request.GET.get("year", "")
    if asked.isdecimal() and 2004 <= int(asked) <= 2099:
        year = int(asked)
    return year, request.GET["half"] if request.GET.get("half") in Term.Half.values else half


def _context(request: SignedInRequest, unit: OrgUnit, sent: dict[str, CalendarForm]) -> dict[str, object]:
    today = timezone.localdate()
    year, half = _asked(request, today)
    above = _units_above(unit, today)
    terms = list(Term.objects.filter(unit__in=above, school_year=year, half=half).select_related("unit"))
    first_day, last_day = _span(terms, year, half)
    grid = _grid(above, terms, first_day, last_day)
    return {
        "unit": unit,
        "units": _choices(request),
        "year": year,
        "half": half,
        "halves": Term.Half.choices,
        "today": today,
        "terms": terms,
        "months": grid,
        "changes": [cell for month in grid for week in month.weeks for cell in week if cell and cell.change],
        "school_days": sum(month.school_days for month in grid),
        "is_provisional": bool(terms) and services.days_are_provisional(first_day, last_day),
        "is_area": unit.level in AREAS,
        "off_work_times": OffWorkTime.objects.filter(unit__in=above).select_related("unit").order_by("-first_day"),
        "sent": next(iter(sent), ""),
        **_forms(request, unit, terms, year, half, sent),
    }


def _units_above(unit: OrgUnit, day: dt.date) -> list[OrgUnit]:
    """From the city down to the unit itself."""
    codes = codes_in(unit.path_on(day))
    return sorted(OrgUnit.objects.filter(code__in=codes), key=lambda above: codes.index(above.code))


def _choices(request: SignedInRequest) -> QuerySet[OrgUnit]:
    paths = access.scope(request.user, "manage_calendar")
    return OrgUnit.objects.inside(paths).filter(level__in=AREAS).order_by("code")


def _span(terms: list[Term], year: int, half: str) -> tuple[dt.date, dt.date]:
    """The terms' days; where none is set, the months in which such a term lies."""
    if terms:
        return min(term.first_day for term in terms), max(term.last_day for term in terms)
    if half == Term.Half.AUTUMN:
        return dt.date(year, 9, 1), dt.date(year + 1, 1, 31)
    return dt.date(year + 1, 2, 1), dt.date(year + 1, 7, 31)


def _grid(above: list[OrgUnit], terms: list[Term], first_day: dt.date, last_day: dt.date) -> list[Month]:
    """Whole months are shown, so changes around the term count too; the lowest unit's word decides."""
    rank = {unit.pk: place for place, unit in enumerate(above)}
    changes = CalendarChange.objects.filter(
        unit__in=above, day__range=(first_day.replace(day=1), last_day + dt.timedelta(days=31))
    ).select_related("unit", "made_by")
    deciding = {change.day: change for change in sorted(changes, key=lambda change: rank[change.unit_id])}
    return months(first_day, last_day, [(term.first_day, term.last_day) for term in terms], deciding)


def _forms(
    request: SignedInRequest, unit: OrgUnit, terms: list[Term], year: int, half: str, sent: dict[str, CalendarForm]
) -> dict[str, CalendarForm]:
    own = next((term for term in terms if term.unit_id == unit.pk), None)
    term = {"school_year": year, "half": half}
    if own:
        term |= {"first_day": own.first_day, "last_day": own.last_day}
    return {
        "term_form": sent.get("term") or TermForm(prefix="term", initial=term),
        "day_form": sent.get("day") or DayChangeForm(prefix="day", initial={"day": request.GET.get("day", "")}),
        "off_form": sent.get("off") or OffWorkForm(prefix="off", initial={"first_day": timezone.localdate()}),
    }
