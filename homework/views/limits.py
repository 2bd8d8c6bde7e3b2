"""The rules in force, with their documents; entering stricter ones; cut-offs."""

import datetime as dt
from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from homework import policy, services
from homework.forms.rules import CutOffForm, LimitEndForm, LimitForm
from homework.models import CutOff, LocalLimit
from homework.services.reassess import Extent
from homework.views.reassess import goes_back, jobs_around, preview_page, shown_first
from schools import access
from schools.dated import not_over
from schools.models import OrgUnit
from schools.models.classes import GRADE_NAMES
from schools.models.units import codes_in

LIMITS_ON_A_PAGE = 50
MOST_CUT_OFFS = 50


@login_required
@require_GET
def limit_list(request: SignedInRequest) -> HttpResponse:
    paths = access.require_anywhere(request.user, "oversee_school")
    today = timezone.localdate()
    mine_or_above = Q(unit__in=OrgUnit.objects.inside(paths)) | Q(
        unit__code__in={code for path in paths for code in codes_in(path)}
    )
    limits = LocalLimit.objects.filter(mine_or_above, not_over(today)).select_related("unit", "school_rule")
    cut_offs = CutOff.objects.filter(mine_or_above).select_related("unit").order_by("unit__code", "-first_day")
    mine = own_units(request.user)
    context = {
        "national": [
            (limit, _grades_words(limit.grades))
            for limit in policy.national_limits()
            if limit.last_day is None or limit.last_day >= today
        ],
        "page": Paginator(limits.order_by("unit__code", "stage", "grade", "first_day"), LIMITS_ON_A_PAGE).get_page(
            request.GET.get("page")
        ),
        "cut_offs": cut_offs[:MOST_CUT_OFFS],
        "mine": {unit.pk for unit in mine},
        "may_add": any(unit.level != OrgUnit.Level.SCHOOL for unit in mine),
        "schools": _my_schools(request.user),
        "oversees_area": bool(access.scope(request.user, "oversee_area")),
        "jobs": jobs_around(paths),
        "today": today,
    }
    return render(request, "homework/limit_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def limit_add(request: SignedInRequest) -> HttpResponse:
    units = _require_units(request.user)
    form = LimitForm(request.POST or None, units=units, initial={"first_day": timezone.localdate()})
    title = "增加更严的规定"
    if request.method == "POST" and form.is_valid() and not goes_back(request):
        values = form.cleaned_data | form.cleaned_data["grade"]
        try:
            found = shown_first(request, lambda: Extent.of_limit(services.add_local_limit(by=request.user, **values)))
        except ValidationError as error:
            add_errors(form, error)
        else:
            if found:
                return preview_page(request, found, title)
            said = LocalLimit(**{name: values[name] for name in ("unit", "stage", "grade", "minutes")})
            messages.success(request, f"已增加：{said}。")
            return redirect("homework:limit_list")
    return _form_page(request, form, title, "保存")


@login_required
@require_http_methods(["GET", "POST"])
def limit_end(request: SignedInRequest, limit_id: int) -> HttpResponse:
    limit = access.get_visible(LocalLimit.objects.select_related("unit"), request.user, pk=limit_id)
    access.require(request.user, "manage_limits", limit.unit)
    form = LimitEndForm(request.POST or None, initial={"last_day": timezone.localdate()})
    title = f"结束规定：{limit}"
    if request.method == "POST" and form.is_valid() and not goes_back(request):
        last_day = form.cleaned_data["last_day"]
        try:
            found = shown_first(
                request, lambda: services.end_local_limit(by=request.user, limit=limit, last_day=last_day)
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            if found:
                return preview_page(request, found, title)
            messages.success(request, f"{limit}：截止到{last_day:%Y年%-m月%-d日}。")
            return redirect("homework:limit_list")
    return _form_page(request, form, title, "结束")


@login_required
@require_http_methods(["GET", "POST"])
def cut_off_set(request: SignedInRequest) -> HttpResponse:
    units = _require_units(request.user)
    initial = {"first_day": timezone.localdate(), "until": dt.time(18)}
    form = CutOffForm(request.POST or None, units=units, initial=initial)
    title = "设置公示截止时间"
    if request.method == "POST" and form.is_valid() and not goes_back(request):
        values = form.cleaned_data
        try:
            found = shown_first(request, lambda: Extent.of_cut_off(services.set_cut_off(by=request.user, **values)))
        except ValidationError as error:
            add_errors(form, error)
        else:
            if found:
                return preview_page(request, found, title)
            messages.success(request, f"{values['unit']}：{values['until']:%H:%M}前公示。")
            return redirect("homework:limit_list")
    return _form_page(request, form, title, "保存")


def _grades_words(grades: Iterable[int]) -> str:
    """三、四年级."""
    suffix = "年级"
    return "、".join(GRADE_NAMES[grade].removesuffix(suffix) for grade in grades) + suffix


def own_units(user: User) -> list[OrgUnit]:
    """The units for which `user` herself may make rules; those below make their own."""
    may = access.ROLES_FOR["manage_limits"]
    return list({posting.unit.pk: posting.unit for posting in access.held(user) if posting.role in may}.values())


def _my_schools(user: User) -> list[OrgUnit]:
    """Where she works."""
    postings = access.held(user)
    return list({one.unit.pk: one.unit for one in postings if one.unit.level == OrgUnit.Level.SCHOOL}.values())


def _require_units(user: User) -> list[OrgUnit]:
    """Those that rule here; a school does so in its 一校一策 only."""
    units = [unit for unit in own_units(user) if unit.level != OrgUnit.Level.SCHOOL]
    if not units:
        raise PermissionDenied
    return units


def _form_page(request: SignedInRequest, form: BaseForm, title: str, button: str) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "homework/limit_form.html", {"form": form, "title": title, "button": button}, status=status)
