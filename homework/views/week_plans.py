"""A school's weekly plan, and how many class-weeks had a no-homework day."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from homework.forms.week_plans import WEEKDAY_NAMES, WeekPlanForm, initial_of
from homework.models import WeekPlan
from homework.no_homework_weeks import class_weeks
from homework.services import school_rules
from homework.services import week_plans as services
from homework.services.week_plans import WEEKDAYS, Cell
from homework.views.limits import own_units
from schools import access
from schools.dated import is_between
from schools.models import School, Subject
from schools.models.classes import GRADE_NAMES

WEEKS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Coverage:
    """Class-weeks with a no-homework day, of all, in some weeks."""

    name: str
    with_day: int
    weeks: int

    @property
    def percent(self) -> str:
        return f"{self.with_day * 100 / self.weeks:.1f}%" if self.weeks else "–"


@login_required
@require_GET
def week_plan_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """The plan in force, or the one that begins on ?from=."""
    school = _school(request, code)
    plans = list(WeekPlan.objects.filter(school=school).select_related("made_by").order_by("-first_day"))
    today = timezone.localdate()
    shown = next(
        (plan for plan in plans if is_between(today, plan.first_day, plan.last_day)), plans[0] if plans else None
    )
    asked = request.GET.get("from")
    if asked:
        shown = next((plan for plan in plans if plan.first_day.isoformat() == asked), None)
        if shown is None:
            raise Http404
    context = {
        "school": school,
        "plans": plans,
        "plan": shown,
        "is_in_force": shown is not None and is_between(today, shown.first_day, shown.last_day),
        "today": today,
        "weekdays": WEEKDAY_NAMES[1:],
        "rows": _rows(school, shown, today) if shown else [],
        "coverage": coverage(school, today),
        "may_write": _may_write(request, school),
    }
    return render(request, "homework/week_plan_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def week_plan_write(request: SignedInRequest, code: str) -> HttpResponse:
    school = _school(request, code)
    if not _may_write(request, school):
        raise PermissionDenied
    today = timezone.localdate()
    latest = WeekPlan.objects.filter(school=school).order_by("-first_day").first()
    form = WeekPlanForm(
        request.POST or None,
        grades=_grades(school, today),
        subjects=list(Subject.objects.all()),
        initial={"first_day": today + dt.timedelta(days=1)} | (initial_of(services.cells_of(latest)) if latest else {}),
    )
    if request.method == "POST" and form.is_valid():
        first_day, cells = form.cleaned_data["first_day"], form.cells()
        try:
            services.adopt_week_plan(by=request.user, school=school, first_day=first_day, cells=cells)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"已保存周计划，自{first_day:%Y年%-m月%-d日}起执行。")
            return redirect("homework:week_plan_detail", code=code)
    context = {"form": form, "school": school, "weekdays": WEEKDAY_NAMES[1:]}
    return render(request, "homework/week_plan_write.html", context, status=422 if form.errors else 200)


def coverage(school: School, today: dt.date) -> list[Coverage]:
    """Of the last weeks that are over, and of this month's. Two queries."""
    last_sunday = today - dt.timedelta(days=today.isoweekday() % 7)
    spans = (
        (f"最近{WEEKS_SHOWN}周", last_sunday - dt.timedelta(weeks=WEEKS_SHOWN - 1), last_sunday),
        ("本月", today.replace(day=1), today),
    )
    return [
        Coverage(name, *class_weeks([school.pk], first_day, last_day).get(school.pk, (0, 0)))
        for name, first_day, last_day in spans
    ]


def _rows(school: School, plan: WeekPlan, today: dt.date) -> list[tuple[str, list[tuple[bool, list[str]]]]]:
    """A row per grade: its name and for each weekday whether it has no homework, and the names of subjects."""
    cells, names = services.cells_of(plan), dict(Subject.objects.values_list("pk", "name"))
    found = []
    for grade in _grades(school, today):
        of_grade = [cells.get((grade, weekday), Cell()) for weekday in WEEKDAYS]
        said = [(cell.is_no_homework_day, [names[pk] for pk in cell.subjects]) for cell in of_grade]
        found.append((GRADE_NAMES[grade], said))
    return found


def _grades(school: School, day: dt.date) -> list[int]:
    """Those in which written homework may be set at home at all."""
    return [grade for grade, minutes in school_rules.limits_above(school, day).items() if minutes]


def _school(request: SignedInRequest, code: str) -> School:
    return access.get_visible(School.objects.select_related("unit"), request.user, unit__code=code)


def _may_write(request: SignedInRequest, school: School) -> bool:
    return school.pk in {unit.pk for unit in own_units(request.user)}
