"""The register: found, entered, corrected; what became of an institution, step by step."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from schools import access
from schools.asked import one_of
from training import life
from training.forms.register import InstitutionForm, StepForm
from training.models import Institution
from training.models.register import InstitutionQuerySet
from training.services import register as services
from training.views.entry import entry, institution_of, kept_counties

INSTITUTIONS_ON_A_PAGE = 50
FILTERS = {
    "subject": ("类别", Institution.Subject.choices),
    "form": ("形式", Institution.Form.choices),
    "state": ("状态", Institution.State.choices),
    "registration": ("登记", Institution.Registration.choices),
}


@login_required
@require_safe
def register(request: SignedInRequest) -> HttpResponse:
    """By name or code, filtered; how many are in each state."""
    paths = access.require_anywhere(request.user, "see_register")
    chosen = {name: one_of(request.GET.get(name, ""), dict(choices)) for name, (_, choices) in FILTERS.items()}
    asked = request.GET.get("q", "").replace("\0", "").strip()[:40]
    rows = _matching(Institution.objects.inside(paths), chosen, asked)
    counts = dict(rows.order_by().values_list("state").annotate(count=Count("pk")))
    context = {
        "page": Paginator(rows.select_related("county"), INSTITUTIONS_ON_A_PAGE).get_page(request.GET.get("page")),
        "q": asked,
        "filters": [_filter(name, chosen[name]) for name in FILTERS],
        "counts": [(label, counts.get(state, 0)) for state, label in Institution.State.choices],
        "may_keep": bool(access.scope(request.user, "keep_register")),
        "is_filtered": bool(asked or any(chosen.values())),
    }
    return render(request, "training/register.html", context)


def _matching(rows: InstitutionQuerySet, chosen: dict[str, str], asked: str) -> InstitutionQuerySet:
    rows = rows.filter(**{name: value for name, value in chosen.items() if value})
    return rows.matching(asked) if asked else rows


def _filter(name: str, chosen: str) -> dict[str, object]:
    label, choices = FILTERS[name]
    return {"name": name, "label": label, "choices": choices, "chosen": chosen}


@login_required
@require_http_methods(["GET", "POST"])
def institution_add(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "keep_register")
    form = InstitutionForm(request.POST or None, counties=kept_counties(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_institution(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "已录入登记册。")
            return redirect("training:institution_detail", made.pk) if made else redirect("training:register")
    context = {"form": form, "title": "录入机构", "back": reverse("training:register")}
    return render(request, "training/entry.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def institution_edit(request: SignedInRequest, institution_id: int) -> HttpResponse:
    institution = institution_of(request.user, institution_id, "keep_register")
    return entry(
        request,
        InstitutionForm(request.POST or None, institution=institution),
        lambda said: services.correct_institution(by=request.user, institution=institution, **said),
        title=f"修改：{institution.name}",
        back=reverse("training:institution_detail", args=[institution.pk]),
        done="已保存。",
    )


@login_required
@require_safe
def institution_detail(request: SignedInRequest, institution_id: int) -> HttpResponse:
    institution = institution_of(request.user, institution_id, "see_register")
    return _detail(request, institution, StepForm(steps=_steps(institution)))


@login_required
@require_POST
def institution_step(request: SignedInRequest, institution_id: int) -> HttpResponse:
    """409 where it stands otherwise by now."""
    institution = institution_of(request.user, institution_id, "keep_register")
    form = StepForm(request.POST, steps=[step.value for step in life.Step])
    status = 422
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.take_step(
                by=request.user, institution=institution, step=said["kind"], day=said["day"], reason=said["reason"]
            )
        except ValidationError as error:
            add_errors(form, error)
            status = 409 if getattr(error, "code", None) == "state" else 422
        else:
            messages.success(request, "已登记变动。")
            return redirect("training:institution_detail", institution.pk)
    return _detail(request, institution, form, status=status)


@login_required
@require_POST
def institution_take_back(request: SignedInRequest, institution_id: int) -> HttpResponse:
    institution = institution_of(request.user, institution_id, "keep_register")
    try:
        services.take_back_step(by=request.user, institution=institution)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "已撤销最后一次变动，操作记录里留有原样。")
    return redirect("training:institution_detail", institution.pk)


def _detail(request: SignedInRequest, institution: Institution, form: StepForm, status: int = 200) -> HttpResponse:
    context = {
        "institution": institution,
        "steps": institution.steps.select_related("by"),
        "form": form,
        "may_keep": access.can(request.user, "keep_register", institution.county),
        "has_steps": bool(_steps(institution)),
    }
    return render(request, "training/institution_detail.html", context, status=status)


def _steps(institution: Institution) -> list[str]:
    return [step.value for step in life.open_steps(institution.standing, is_academic=institution.is_academic)]
