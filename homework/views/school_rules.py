"""一校一策: a school's own rule in versions, its sheet for the wall, and which schools of an area have one."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from homework.forms.school_rules import SchoolRuleForm, initial_of
from homework.models import SchoolRule
from homework.services import school_rules as services
from homework.services.school_rules import Terms
from homework.sheet import render_sheet, sheet_of
from homework.views.limits import own_units
from homework.views.reassess import goes_back, jobs_around, preview_page, shown_first
from paper.errors import PaperError
from schools import access
from schools.dated import is_between
from schools.models import School, Subject

SCHOOLS_ON_A_PAGE = 30


@login_required
@require_GET
def school_rule_list(request: SignedInRequest) -> HttpResponse:
    """The schools of an area with the version in force, and how many have one."""
    paths = access.require_anywhere(request.user, "oversee_area")
    today = timezone.localdate()
    in_force = SchoolRule.objects.in_force(today)
    schools = (
        School.objects.inside(paths).open_on(today).annotate(has_rule=Exists(in_force.filter(school=OuterRef("pk"))))
    )
    all_schools, with_rule = schools.count(), schools.filter(has_rule=True).count()
    only_missing = request.GET.get("show") == "missing"
    shown = schools.filter(has_rule=False) if only_missing else schools
    shown = shown.select_related("unit").order_by("unit__code")
    shown = shown.prefetch_related(Prefetch("homework_rules", queryset=in_force, to_attr="rules_in_force"))
    context = {
        "page": Paginator(shown, SCHOOLS_ON_A_PAGE).get_page(request.GET.get("page")),
        "schools": all_schools,
        "with_rule": with_rule,
        "without": all_schools - with_rule,
        "percent_words": f"占{with_rule * 100 / all_schools:.1f}%" if all_schools else "–",
        "only_missing": only_missing,
    }
    return render(request, "homework/school_rule_list.html", context)


@login_required
@require_GET
def school_rule_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """The version in force, or the one asked for by ?version=."""
    school = _school(request, code)
    versions = list(SchoolRule.objects.filter(school=school).select_related("made_by").order_by("-version"))
    today = timezone.localdate()
    shown = next((rule for rule in versions if holds(rule, today)), versions[0] if versions else None)
    asked = request.GET.get("version")
    if asked:
        shown = next((rule for rule in versions if str(rule.version) == asked), None)
        if shown is None:
            raise Http404
    context = {
        "school": school,
        "versions": versions,
        "rule": shown,
        "sheet": sheet_of(shown) if shown else None,
        "today": today,
        "is_in_force": shown is not None and holds(shown, today),
        "may_write": _may_write(request, school),
        "jobs": jobs_around(access.scope(request.user)),
    }
    return render(request, "homework/school_rule_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def school_rule_write(request: SignedInRequest, code: str) -> HttpResponse:
    school = _school(request, code)
    if not _may_write(request, school):
        raise PermissionDenied
    latest = SchoolRule.objects.filter(school=school).order_by("-version").first()
    today = timezone.localdate()
    form = SchoolRuleForm(
        request.POST or None,
        school=school,
        subjects=_subjects(school),
        above=services.limits_above(school, today),
        initial=_initial(school, latest, today),
    )
    title = f"{school}：写第{latest.version + 1 if latest else 1}版"
    if request.method == "POST" and form.is_valid() and not goes_back(request):
        try:
            found = shown_first(request, lambda: _adopted(request, school, form.terms()))
        except ValidationError as error:
            add_errors(form, error)
        else:
            if found:
                return preview_page(request, found, title)
            messages.success(request, "已保存新的一版。")
            return redirect("homework:school_rule_detail", code=code)
    context = {"form": form, "title": title, "school": school, "latest": latest}
    return render(request, "homework/school_rule_write.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def school_rule_compare(request: SignedInRequest, code: str) -> HttpResponse:
    """?old= and ?new= are numbers of versions; the last two unless asked for."""
    school = _school(request, code)
    versions = list(SchoolRule.objects.filter(school=school).order_by("version"))
    by_number = {str(rule.version): rule for rule in versions}
    if len(versions) < 2:
        raise Http404
    old = by_number.get(request.GET.get("old", str(versions[-2].version)))
    new = by_number.get(request.GET.get("new", str(versions[-1].version)))
    if old is None or new is None:
        raise Http404
    names = dict(Subject.objects.values_list("pk", "name"))
    context = {
        "school": school,
        "versions": versions,
        "old": old,
        "new": new,
        "differences": services.differences(services.terms_of(old), services.terms_of(new), names),
    }
    return render(request, "homework/school_rule_compare.html", context)


@login_required
@require_GET
def school_rule_pdf(request: SignedInRequest, code: str, version: int) -> HttpResponse:
    """One sheet of A4 for the wall."""
    school = _school(request, code)
    rule = get_object_or_404(SchoolRule.objects.filter(school=school), version=version)
    try:
        content = render_sheet(rule).content
    except PaperError as error:
        messages.error(request, str(error))
        return redirect("homework:school_rule_detail", code=code)
    owner = "" if rule.title.startswith(str(school)) else school
    disposition = content_disposition_header(True, f"{owner}{rule.title}第{rule.version}版.pdf") or "attachment"
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


def holds(rule: SchoolRule, day: dt.date) -> bool:
    return is_between(day, rule.first_day, rule.last_day)


def _school(request: SignedInRequest, code: str) -> School:
    return access.get_visible(School.objects.select_related("unit"), request.user, unit__code=code)


def _may_write(request: SignedInRequest, school: School) -> bool:
    """教导处 of this school: those above it make rules of their own."""
    return school.pk in {unit.pk for unit in own_units(request.user)}


def _subjects(school: School) -> list[Subject]:
    grades = set(school.grades)
    return [subject for subject in Subject.objects.all() if grades & set(subject.homework_grades)]


def _adopted(request: SignedInRequest, school: School, terms: Terms) -> services.Extent:
    return services.extent_of(services.adopt_school_rule(by=request.user, school=school, terms=terms))


def _initial(school: School, latest: SchoolRule | None, today: dt.date) -> dict[str, object]:
    tomorrow = {"first_day": today + dt.timedelta(days=1)}
    if latest:
        return initial_of(services.terms_of(latest)) | tomorrow
    return {"title": "作业管理办法", "cut_off": services.cut_off_above(school, today) or dt.time(18)} | tomorrow
