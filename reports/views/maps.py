"""Dashboards: an area's units, days and spread; a school's term beside its county's median; and any chart's rows."""

import datetime as dt
from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from reports import balance, insight, pictures, spread, terms
from reports.area_map import FIGURES, AreaMap, Line, area_map
from reports.indicators import Indicator
from reports.own_school import own_school
from reports.pictures import Picture
from reports.views import insight as pages
from schools import access
from schools.models import OrgUnit

UNITS_ON_A_PAGE = 60
WEEKS = 4


@login_required
@require_safe
def insight_map(request: SignedInRequest, code: str) -> HttpResponse:
    unit = pages.unit_of(request, code)
    day, one = pages.day_asked(request, unit), _figure(request)
    context = pages.head(unit, "map", day) | {"figure": one, "choices": list(FIGURES.values()), "few": insight.FEW}
    if unit.level == OrgUnit.Level.SCHOOL:
        first_day, last_day = _term(unit, day)
        found = own_school(unit, first_day, last_day, one)
        context |= {"found": found, "picture": pictures.beside_median(found, one), "needed": spread.LEAST_FOR_MEDIAN}
        return render(request, "reports/insight_own.html", context | {"first_day": first_day, "last_day": last_day})
    found_map = _area(unit, day)
    page = Paginator(found_map.units, UNITS_ON_A_PAGE).get_page(request.GET.get("page"))
    context |= pages.turning(day) | {"first_day": _weeks(day)[0], "found": found_map, "page": page, "picture": None}
    if found_map.days:
        link = _link(day)
        context |= _spread(request, found_map, one) | {
            "rows": [(link(line), line) for line in page.object_list],
            "days": pictures.by_day(found_map, list(page.object_list), one, link),
            "others": [pictures.of_whole(found_map, one), pictures.bands(found_map, one)],
        }
    return render(request, "reports/insight_map.html", context)


@login_required
@require_safe
def insight_data(request: SignedInRequest, code: str, name: str) -> HttpResponse:
    """The rows behind a chart, as the page with the same address after the question mark shows them."""
    unit = pages.unit_of(request, code)
    maker = _of_school(name) if unit.level == OrgUnit.Level.SCHOOL else _of_area(name)
    picture = maker(request, unit, pages.day_asked(request, unit))
    response = HttpResponse(picture.csv(), content_type="text/csv; charset=utf-8")
    title = f"{unit.name}{picture.title}.csv"
    response.headers["Content-Disposition"] = content_disposition_header(True, title) or ""
    return response


Maker = Callable[[SignedInRequest, OrgUnit, dt.date], Picture]


def _of_school(name: str) -> Maker:
    found = {"own": _own, "shares": _shares, "minutes": _minutes, "subjects": _subjects}.get(name)
    if found is None:
        raise Http404
    return found


def _of_area(name: str) -> Maker:
    found = {"days": _days, "run": _run, "bands": _bands, "shares": _shares, "minutes": _minutes, "subjects": _subjects}
    if name not in found:
        raise Http404
    return found[name]


def _own(request: SignedInRequest, unit: OrgUnit, day: dt.date) -> Picture:
    one = _figure(request)
    return pictures.beside_median(own_school(unit, *_term(unit, day), one), one)


def _days(request: SignedInRequest, unit: OrgUnit, day: dt.date) -> Picture:
    """Of every unit, not of one page."""
    found = _area(unit, day)
    return pictures.by_day(found, found.units, _figure(request), _link(day))


def _run(request: SignedInRequest, unit: OrgUnit, day: dt.date) -> Picture:
    return pictures.of_whole(_area(unit, day), _figure(request))


def _bands(request: SignedInRequest, unit: OrgUnit, day: dt.date) -> Picture:
    return pictures.bands(_area(unit, day), _figure(request))


def _shares(request: SignedInRequest, unit: OrgUnit, day: dt.date) -> Picture:
    return pictures.of_term(terms.term_trend(unit, *_term(unit, day)))[0]


def _minutes(request: SignedInRequest, unit: OrgUnit, day: dt.date) -> Picture:
    return pictures.of_term(terms.term_trend(unit, *_term(unit, day)))[1]


def _subjects(request: SignedInRequest, unit: OrgUnit, day: dt.date) -> Picture:
    first_day, last_day = balance.span_days(pages.span_asked(request, unit), unit, day)
    return pictures.of_subjects(balance.balance(pages.schools_of(unit, day), first_day, last_day))


def _figure(request: SignedInRequest) -> Indicator:
    return FIGURES.get(request.GET.get("figure", ""), next(iter(FIGURES.values())))


def _term(unit: OrgUnit, day: dt.date) -> tuple[dt.date, dt.date]:
    first_day, last_day = insight.term_of(unit, day)
    return first_day, min(last_day, pages.yesterday())


def _weeks(day: dt.date) -> tuple[dt.date, dt.date]:
    """Of the four weeks that end with that of `day`: the first day, and the last that is over."""
    monday, sunday = insight.week_of(day)
    return monday - dt.timedelta(weeks=WEEKS - 1), min(sunday, pages.yesterday())


def _area(unit: OrgUnit, day: dt.date) -> AreaMap:
    return area_map(unit, *_weeks(day))


def _link(day: dt.date) -> Callable[[Line], str]:
    """A county's dashboard, a school's week."""

    def link(line: Line) -> str:
        name = "insight_unit" if line.is_school else "insight_map"
        return f"{reverse(f'reports:{name}', args=[line.code])}?day={day.isoformat()}"

    return link


def _spread(request: SignedInRequest, found: AreaMap, one: Indicator) -> dict[str, object]:
    """How many schools lie apart; which ones only for a bureau."""
    n = spread.asked_number(request.GET.get("n", ""))
    schools = found.shares(one)
    apart = spread.outliers(schools)
    context: dict[str, object] = {"n": n, "apart_count": len(apart), "names": False}
    if all(access.may(request.user, "collect_returns", path) for path in found.paths):
        context |= {
            "names": True,
            "apart": apart,
            "last": spread.last(schools, n, higher_is_better=one.higher_is_better),
            "small": [school for school in schools if school.is_few][: spread.MOST_LISTED],
            "small_count": sum(school.is_few for school in schools),
        }
    return context
