"""Hours served: each reads her own; 教导处 those of the school, in name order. Nobody is ranked."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from afterschool.hours import Served, served, total
from afterschool.models import Worker
from afterschool.views.seen import school_of
from schools import access
from schools.calendar import days_between, monday_of
from schools.models import School
from schools.terms import TermDays, term_on

WORKERS_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Hers:
    """Her hours at one school this term; weeks with a session, the latest first."""

    school: School
    term: TermDays | None
    weeks: list[tuple[dt.date, dt.date, Served]]
    total: Served


@login_required
@require_safe
def my_hours(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "serve")
    hers = Worker.objects.filter(user=request.user).select_related("school__unit").order_by("school", "pk")
    by_school: dict[School, list[Worker]] = defaultdict(list)
    for worker in hers:
        by_school[worker.school].append(worker)
    rows = [_hers(school, workers) for school, workers in by_school.items()]
    return render(request, "afterschool/my_hours.html", {"rows": rows})


def _hers(school: School, workers: list[Worker]) -> Hers:
    term = term_on(school, timezone.localdate())
    if term is None:
        return Hers(school, None, [], Served())
    found: dict[dt.date, Served] = defaultdict(Served)
    for weeks in served(workers, term.first_day, term.last_day).values():
        for monday, one in weeks.items():
            found[monday] += one
    listed = [(monday, monday + dt.timedelta(days=6), found[monday]) for monday in sorted(found, reverse=True)]
    return Hers(school, term, listed, total(found.values()))


@login_required
@require_safe
def school_hours(request: SignedInRequest, code: str) -> HttpResponse:
    """A line per person, a column per week of the term so far."""
    school = school_of(request.user, code)
    access.require(request.user, "arrange_service", school.unit)
    today = timezone.localdate()
    term = term_on(school, today)
    workers = Worker.objects.filter(school=school).order_by("name", "pk")
    if term:
        workers = workers.not_over(term.first_day)
    page = Paginator(workers, WORKERS_ON_A_PAGE).get_page(request.GET.get("page"))
    mondays = _mondays(term, today)
    found = served(page.object_list, term.first_day, term.last_day) if term else {}
    rows = [
        (worker, [hers.get(monday, Served()) for monday in mondays], total(hers.values()))
        for worker in page
        for hers in [found.get(worker.pk, {})]
    ]
    context = {"school": school, "term": term, "page": page, "mondays": mondays, "rows": rows}
    return render(request, "afterschool/school_hours.html", context)


def _mondays(term: TermDays | None, today: dt.date) -> list[dt.date]:
    """Of the term's weeks so far, in order."""
    if term is None or term.first_day > today:
        return []
    last_day = min(today, term.last_day)
    return [day for day in days_between(monday_of(term.first_day), last_day) if day.weekday() == 0]
