"""The plans of a school: written, shown, compared, printed; and which schools of an area have one."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, F, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import SignedInRequest
from accounts.models import User
from afterschool import plan_list as lists
from afterschool.forms.decisions import FileForm, ReturnForm
from afterschool.forms.plans import (
    MOST_ROWS,
    SHAPES,
    USUAL_END_OF_LESSONS,
    PlanForm,
    PlanForms,
    initial_of,
    shaped,
    typed,
)
from afterschool.models import Plan, Season
from afterschool.off_work import off_work_at
from afterschool.plan_sheet import render_sheet, sheet_of
from afterschool.plan_terms import PlanTerms, differences, terms_of
from afterschool.services import plans as services
from paper.errors import PaperError
from schools import access
from schools.dated import is_between
from schools.models import School, Term
from schools.models.units import codes_in

SCHOOLS_ON_A_PAGE = 30
EMPTY_ROWS = 2


@login_required
@require_GET
def plan_list(request: SignedInRequest) -> HttpResponse:
    """The schools of an area; who has one school is led to it."""
    paths = access.require_anywhere(request.user, "oversee_school")
    today = timezone.localdate()
    schools = School.objects.inside(paths).open_on(today).select_related("unit")
    if not access.scope(request.user, "oversee_area"):
        only = schools[:2]
        if len(only) == 1:
            return redirect("afterschool:plan_detail", code=only[0].unit.code)
    asked, words = request.GET.get("show", ""), request.GET.get("q", "").replace("\0", "").strip()
    with_plans = lists.with_plans(schools, today)
    shown = with_plans.filter(unit__name__contains=words) if words else with_plans
    if asked in lists.FILTERS:
        shown = shown.filter(lists.FILTERS[asked][1])
    oldest_waiting = Case(When(waits=0, then=F("sent_at")))
    page = Paginator(shown.order_by("waits", oldest_waiting, "unit__code"), SCHOOLS_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    states = dict(Plan.State.choices)
    context = {
        "page": page,
        "rows": [
            {
                "school": one,
                "state": states.get(one.sent_state, "未报送"),
                "sent_failures": lists.words(one.sent_failures),
                "current_failures": lists.words(one.current_failures),
            }
            for one in page
        ],
        "counts": lists.count(with_plans),
        "filters": [(name, label) for name, (label, _) in lists.FILTERS.items()],
        "show": asked,
        "q": words,
    }
    return render(request, "afterschool/plan_list.html", context)


@login_required
@require_GET
def plan_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """The version that waits for somebody to act, or the one in force; or the one asked for by ?version=."""
    return detail_page(request, school_of(request.user, code), request.GET.get("version"))


@login_required
@require_http_methods(["GET", "POST"])
def plan_write(request: SignedInRequest, code: str) -> HttpResponse:
    """`action` fills the rows, adds or drops one, or checks; nothing is saved by these. Without one it is saved."""
    school = school_of(request.user, code)
    access.require(request.user, "arrange_service", school.unit)
    latest = Plan.objects.filter(school=school).order_by("-version").first()
    if request.method == "GET":
        if latest and latest.state == Plan.State.SUBMITTED:
            messages.warning(request, f"第{latest.version}版已报送，等教育局备案或退回以后才能再改。")
            return redirect("afterschool:plan_detail", code=code)
        return _write_page(request, school, _begun(school, latest), latest)
    action = request.POST.get("action", "")
    if action and action != "check":
        return _write_page(request, school, _changed(request, school, action), latest)
    forms = PlanForms(request.POST, grades=school.grades)
    if not forms.is_valid():
        return _write_page(request, school, forms, latest, status=422)
    terms = forms.terms()
    if action == "check":
        return _write_page(request, school, forms, latest, checked=_checked(school, terms))
    try:
        services.write_plan_once(by=request.user, key=forms.form.cleaned_data["key"], school=school, terms=terms)
    except ValidationError as error:
        _add_errors(forms, error)
        return _write_page(request, school, forms, latest, status=status_of(error))
    messages.success(request, "草稿已保存。核对以后请报送备案。")
    return redirect("afterschool:plan_detail", code=code)


@login_required
@require_GET
def plan_compare(request: SignedInRequest, code: str) -> HttpResponse:
    """?old= and ?new= are numbers of versions; the last two unless asked for."""
    school = school_of(request.user, code)
    versions = _versions(request.user, school)[::-1]
    if len(versions) < 2:
        raise Http404
    by_number = {str(plan.version): plan for plan in versions}
    old = by_number.get(request.GET.get("old", str(versions[-2].version)))
    new = by_number.get(request.GET.get("new", str(versions[-1].version)))
    if old is None or new is None:
        raise Http404
    context = {
        "school": school,
        "versions": versions,
        "old": old,
        "new": new,
        "differences": differences(terms_of(old), terms_of(new)),
    }
    return render(request, "afterschool/plan_compare.html", context)


@login_required
@require_GET
def plan_pdf(request: SignedInRequest, code: str, version: int) -> HttpResponse:
    """One sheet of A4 for the wall."""
    school = school_of(request.user, code)
    plan = _one(_versions(request.user, school), str(version))
    try:
        content = render_sheet(plan).content
    except PaperError as error:
        messages.error(request, str(error))
        return redirect("afterschool:plan_detail", code=code)
    file_name = f"{school}课后服务方案第{plan.version}版.pdf"
    disposition = content_disposition_header(True, file_name) or "attachment"
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


def detail_page(
    request: SignedInRequest,
    school: School,
    asked: str | None,
    *,
    filing: FileForm | None = None,
    returning: ReturnForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """With the forms as they were sent, and what a service refused."""
    today = timezone.localdate()
    path = school.unit.path_on(today)
    may_write = access.may(request.user, "arrange_service", path)
    may_file = access.may_file(request.user, path)
    versions = _versions(request.user, school)
    plan = _one(versions, asked) if asked else _shown(versions, today, acts=may_write or may_file)
    terms = terms_of(plan) if plan else None
    waits = bool(plan and plan.state == Plan.State.SUBMITTED)
    latest = versions[0] if versions else None
    serves = access.may(request.user, "serve", path)
    context = {
        "school": school,
        "versions": [(one, _is_in_force(one, today)) for one in versions],
        "plan": plan,
        "sheet": sheet_of(plan, terms) if plan else None,
        "failures": services.check(school, terms) if terms else [],
        "is_in_force": bool(plan and _is_in_force(plan, today)),
        "today": today,
        "may_write": may_write and not (latest and latest.state == Plan.State.SUBMITTED),
        "may_submit": may_write and bool(plan and plan.state == Plan.State.DRAFT),
        "filing": filing or FileForm() if may_file and waits else None,
        "returning": returning or ReturnForm() if may_file and waits else None,
        "refusal": refusal,
        "may_arrange": may_write,
        "serves": serves,
        "is_insider": serves or access.may(request.user, "oversee_school", path),
        "oversees_area": bool(access.scope(request.user, "oversee_area")),
    }
    return render(request, "afterschool/plan_detail.html", context, status=status)


def school_of(user: User, code: str) -> School:
    return access.get_visible(School.objects.select_related("unit"), user, unit__code=code)


def status_of(error: ValidationError) -> int:
    """Too late is another answer than wrong. (An error of several fields has no code.)"""
    return 409 if getattr(error, "code", None) == services.GONE else 422


def _versions(user: User, school: School) -> list[Plan]:
    """The latest first. A draft is seen by those who serve at the school alone."""
    plans = Plan.objects.filter(school=school).select_related("school__unit", "made_by", "submitted_by", "decided_by")
    if not access.can(user, "serve", school.unit):
        plans = plans.exclude(state=Plan.State.DRAFT)
    return list(plans.order_by("-version"))


def _one(versions: list[Plan], number: str) -> Plan:
    plan = next((plan for plan in versions if str(plan.version) == number), None)
    if plan is None:
        raise Http404
    return plan


def _shown(versions: list[Plan], today: dt.date, *, acts: bool) -> Plan | None:
    """For those who act, what is not filed yet; else the one in force; else the latest."""
    latest = versions[0] if versions else None
    if latest and acts and latest.state != Plan.State.FILED:
        return latest
    return next((plan for plan in versions if _is_in_force(plan, today)), latest)


def _is_in_force(plan: Plan, today: dt.date) -> bool:
    return plan.state == Plan.State.FILED and is_between(today, plan.first_day, plan.last_day)


@dataclass(frozen=True, slots=True)
class Checked:
    """What 先检查 found. `off_work` are the times that it went by, by the name of the season."""

    failures: list[services.Failure]
    off_work: list[tuple[str, dt.time | None]]


def _checked(school: School, terms: PlanTerms) -> Checked:
    by_season = off_work_at(school, terms)
    off_work = [("" if name == Season.ALL else str(Season(name).label), time) for name, time in by_season.items()]
    return Checked(services.check(school, terms), off_work)


def _write_page(
    request: SignedInRequest,
    school: School,
    forms: PlanForms,
    latest: Plan | None,
    *,
    checked: Checked | None = None,
    status: int = 200,
) -> HttpResponse:
    is_new = latest is None or latest.state in (Plan.State.FILED, Plan.State.SUBMITTED)
    context = {
        "school": school,
        "forms": forms,
        "version": (latest.version if latest else 0) + is_new,
        "latest": latest,
        "returned_for": latest.note if latest and not is_new else "",
        "shapes": [(name, label) for name, (label, _) in SHAPES.items()],
        "may_add": len(forms.rows) < MOST_ROWS,
        "checked": checked,
    }
    return render(request, "afterschool/plan_write.html", context, status=status)


def _begun(school: School, latest: Plan | None) -> PlanForms:
    """Filled with the last version; where it is filed, the next begins tomorrow. A first plan is for the term."""
    today = timezone.localdate()
    initial, rows = initial_of(terms_of(latest)) if latest else ({}, [{}] * EMPTY_ROWS)
    if latest and latest.state == Plan.State.FILED and latest.last_day > today:
        initial["first_day"] = max(today, latest.first_day) + dt.timedelta(days=1)
    elif latest is None or latest.last_day <= today:
        initial |= _term_days(school, today)
    return PlanForms(grades=school.grades, initial=initial, rows=rows)


def _term_days(school: School, today: dt.date) -> dict[str, dt.date]:
    """Of the term that is on, or the next."""
    codes = codes_in(school.unit.path_on(today))
    term = Term.objects.filter(unit__code__in=codes, last_day__gt=today).order_by("first_day").first()
    return {"first_day": term.first_day, "last_day": term.last_day} if term else {"first_day": today}


def _changed(request: SignedInRequest, school: School, action: str) -> PlanForms:
    """The forms as they were typed, with rows filled, one more or one fewer. An unknown action changes nothing."""
    initial, rows = typed(request.POST, school.grades)
    name, _, which = action.partition(":")
    if name == "shape" and which in SHAPES:
        rows = _shape_rows(request, school, which)
    elif name == "add" and len(rows) < MOST_ROWS:
        rows.append({"weekdays": ["1", "2", "3", "4", "5"]})
    elif name == "drop" and which.isdecimal() and len(which) < 4:
        rows = [row for place, row in enumerate(rows) if place != int(which)]
    return PlanForms(grades=school.grades, initial=initial, rows=rows)


def _shape_rows(request: SignedInRequest, school: School, shape: str) -> list[dict[str, object]]:
    """By the days and the end of lessons as far as they are typed."""
    form = PlanForm(request.POST, grades=school.grades)
    form.is_valid()
    data = form.cleaned_data
    lessons_end_at = data.get("lessons_end_at") or USUAL_END_OF_LESSONS
    off_work: dict[str, dt.time | None] = {Season.ALL.value: None}
    if data.get("first_day") and data.get("last_day"):
        terms = PlanTerms(
            data["first_day"],
            data["last_day"],
            lessons_end_at,
            winter_first_day=data.get("winter_first_day"),
            winter_last_day=data.get("winter_last_day"),
        )
        off_work = off_work_at(school, terms) or off_work
    return shaped(shape, lessons_end_at=lessons_end_at, off_work=off_work)


def _add_errors(forms: PlanForms, error: ValidationError) -> None:
    """The service's words at the fields they speak of; what speaks of none stands above the form."""
    if not hasattr(error, "error_dict"):
        forms.form.add_error(None, error)
        return
    for name, problems in error.message_dict.items():
        if name in forms.form.fields:
            forms.form.add_error(name, problems)
        else:
            forms.slot_errors += problems
