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
from homework import policy, services
from homework.forms.rules import CutOffForm, LimitEndForm, LimitForm
from homework.models import CutOff, LocalLimit
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
    limits = LocalLimit.objects.filter(mine_or_above, not_over(today)).select_related("unit")
    cut_offs = CutOff.objects.filter(mine_or_above).select_related("unit").order_by("unit__code", "-first_day")
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
        "mine": {unit.pk for unit in _units(request.user)},
        "today": today,
    }
    return render(request, "homework/limit_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def limit_add(request: SignedInRequest) -> HttpResponse:
    units = _require_units(request.user)
    form = LimitForm(request.POST or None, units=units, initial={"first_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | form.cleaned_data["grade"]
        try:
            limit = services.add_local_limit(by=request.user, **values)
        except ValidationError as error:
            _add_errors(form, error)
        else:
            messages.success(request, f"已增加：{limit}。")
            return redirect("homework:limit_list")
    return _form_page(request, form, "增加更严的规定", "保存")


@login_required
@require_http_methods(["GET", "POST"])
def limit_end(request: SignedInRequest, limit_id: int) -> HttpResponse:
    limit = access.get_visible(LocalLimit.objects.select_related("unit"), request.user, pk=limit_id)
    access.require(request.user, "manage_limits", limit.unit)
    form = LimitEndForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.end_local_limit(by=request.user, limit=limit, last_day=form.cleaned_data["last_day"])
        except ValidationError as error:
            _add_errors(form, error)
        else:
            messages.success(request, f"{limit}：截止到{limit.last_day:%Y年%-m月%-d日}。")
            return redirect("homework:limit_list")
    return _form_page(request, form, f"结束规定：{limit}", "结束")


@login_required
@require_http_methods(["GET", "POST"])
def cut_off_set(request: SignedInRequest) -> HttpResponse:
    units = _require_units(request.user)
    initial = {"first_day": timezone.localdate(), "until": dt.time(18)}
    form = CutOffForm(request.POST or None, units=units, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            cut_off = services.set_cut_off(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            _add_errors(form, error)
        else:
            messages.success(request, f"{cut_off.unit}：{cut_off.until:%H:%M}前公示。")
            return redirect("homework:limit_list")
    return _form_page(request, form, "设置公示截止时间", "保存")


def _grades_words(grades: Iterable[int]) -> str:
    """三、四年级."""
    suffix = "年级"
    return "、".join(GRADE_NAMES[grade].removesuffix(suffix) for grade in grades) + suffix


def _units(user: User) -> list[OrgUnit]:
    """The units for which `user` herself may make rules; those below make their own."""
    may = access.ROLES_FOR["manage_limits"]
    return list({posting.unit.pk: posting.unit for posting in access.held(user) if posting.role in may}.values())


def _require_units(user: User) -> list[OrgUnit]:
    units = _units(user)
    if not units:
        raise PermissionDenied
    return units


def _add_errors(form: BaseForm, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, problems in error.message_dict.items():
        form.add_error(name if name in form.fields else None, problems)


def _form_page(request: SignedInRequest, form: BaseForm, title: str, button: str) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "homework/limit_form.html", {"form": form, "title": title, "button": button}, status=status)
