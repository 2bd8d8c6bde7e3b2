"""The list of outside bodies that a county admits into service: its officers keep it, its schools read it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from afterschool.forms.decisions import BodyEndForm, BodyForm
from afterschool.models import AdmittedBody
from afterschool.models.plans import AdmittedBodyQuerySet
from afterschool.services import bodies as services
from schools import access
from schools.dated import is_between, not_over
from schools.models import OrgUnit, UnitPlace
from schools.models.units import codes_in

BODIES_ON_A_PAGE = 50


@login_required
@require_GET
def body_list(request: SignedInRequest) -> HttpResponse:
    """Of the units above and within my scope; ?show=left for those that are no longer on the list."""
    paths = access.require_anywhere(request.user, "oversee_school")
    today = timezone.localdate()
    show, words = request.GET.get("show", ""), request.GET.get("q", "").replace("\0", "").strip()
    bodies = _readable(paths)
    shown = bodies.filter(~not_over(today) if show == "left" else not_over(today))
    if words:
        shown = shown.filter(Q(name__contains=words) | Q(services__contains=words))
    shown = shown.select_related("unit").annotate(
        people=Count("workers", filter=not_over(today, "workers__")),
        schools=Count("workers__school", filter=not_over(today, "workers__"), distinct=True),
    )
    page = Paginator(shown.order_by("unit__code", "name", "first_day"), BODIES_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    mine = {unit.pk for unit in kept_units(request.user)}
    context = {
        "page": page,
        "rows": [(body, _state(body), body.unit_id in mine and body.last_day is None) for body in page],
        "on_list": bodies.on(today).count(),
        "left": bodies.filter(~not_over(today)).count(),
        "show": show,
        "q": words,
        "may_add": bool(mine),
    }
    return render(request, "afterschool/body_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def body_add(request: SignedInRequest) -> HttpResponse:
    units = kept_units(request.user)
    if not units:
        raise PermissionDenied
    form = BodyForm(request.POST or None, units=units, initial={"first_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            body = services.admit_body(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"{body}已列入准入名单。" if body else "这家机构已列入准入名单。")
            return redirect("afterschool:body_list")
    return _form_page(request, form, "增加准入机构", "列入名单")


@login_required
@require_http_methods(["GET", "POST"])
def body_end(request: SignedInRequest, body_id: int) -> HttpResponse:
    """409 where it has been taken off already."""
    body = _readable(access.scope(request.user)).select_related("unit").filter(pk=body_id).first()
    if body is None:
        raise Http404
    if body.unit_id not in {unit.pk for unit in kept_units(request.user)}:
        raise PermissionDenied
    today = timezone.localdate()
    form = BodyEndForm(request.POST or None, initial={"last_day": today})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.end_body(by=request.user, body=body, **form.cleaned_data)
            except ValidationError as error:
                add_errors(form, error)
                status = 409 if getattr(error, "code", None) == services.GONE else 422
            else:
                messages.success(request, f"{body}已退出准入名单，用到该机构的学校会收到消息。")
                return redirect("afterschool:body_list")
    people, schools = services.serving(body, today)
    hint = f"现有{schools}所学校的{people}名人员来自这家机构，截止以后都不能再参与课后服务。" if people else ""
    return _form_page(request, form, f"{body}：退出准入名单", "退出名单", hint=hint, status=status)


def kept_units(user: User) -> list[OrgUnit]:
    """Whose list she keeps: her county's; the city's own where schools stand directly below it."""
    today = timezone.localdate()
    hers = {one.unit.pk: one.unit for one in access.held(user) if one.role in access.ROLES_FOR["file_service"]}
    cities = [pk for pk, unit in hers.items() if unit.level == OrgUnit.Level.CITY]
    runs_schools: set[int | None] = set()
    if cities:
        below = UnitPlace.objects.on(today).filter(parent__in=cities, unit__level=OrgUnit.Level.SCHOOL)
        runs_schools = set(below.values_list("parent", flat=True))
    return [unit for pk, unit in hers.items() if unit.level == OrgUnit.Level.COUNTY or pk in runs_schools]


def _readable(paths: list[str]) -> AdmittedBodyQuerySet:
    """On the lists of units within these paths and above them."""
    above = {code for path in paths for code in codes_in(path)}
    return AdmittedBody.objects.filter(Q(unit__in=OrgUnit.objects.inside(paths)) | Q(unit__code__in=above))


def _state(body: AdmittedBody) -> str:
    today = timezone.localdate()
    if is_between(today, body.first_day, body.last_day):
        return "on" if body.last_day is None else "leaving"
    return "to_come" if body.first_day > today else "left"


def _form_page(
    request: SignedInRequest, form: BaseForm, title: str, button: str, *, hint: str = "", status: int = 0
) -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "hint": hint}
    status = status or (422 if form.errors else 200)
    return render(request, "afterschool/body_form.html", context, status=status)
