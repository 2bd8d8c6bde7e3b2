"""Bringing a workbook into the register: sent in, its columns named, compared, decided on, applied, undone."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from schools import access
from schools.forms.imports import UploadForm
from schools.models import OrgUnit
from training.forms.imports import MappingForm
from training.models import Institution, RegisterImport
from training.reconcile import Differing, Reconciled
from training.services import imports as services
from training.sheet import BY_KEY, headers_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_ON_A_PAGE = 50
TABS = {"differing": "不一致", "new": "只在文件里", "only_here": "只在登记册里", "broken": "有错误"}


@login_required
@require_http_methods(["GET", "POST"])
def import_list(request: SignedInRequest) -> HttpResponse:
    """Files that were sent in, and a place for the next."""
    paths = access.require_anywhere(request.user, "keep_register")
    form = UploadForm(request.POST or None, request.FILES or None, units=_areas(request.user))
    if request.method == "POST" and form.is_valid():
        unit, file = form.cleaned_data["unit"], form.cleaned_data["file"]
        try:
            batch = services.send_in(by=request.user, unit=unit, name=file.name, content=file.read())
        except ValidationError as error:
            add_errors(form, error)
        else:
            return redirect("training:import_mapping", batch.pk)
    batches = RegisterImport.objects.inside(paths).defer("content").select_related("unit", "made_by")
    context = {"form": form, "page": Paginator(batches, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))}
    return render(request, "training/import_list.html", context, status=422 if form.errors else 200)


def _areas(user: User) -> QuerySet[OrgUnit]:
    return OrgUnit.objects.inside(access.scope(user, "keep_register")).areas().order_by("code")


@login_required
@require_http_methods(["GET", "POST"])
def import_mapping(request: SignedInRequest, batch_id: int) -> HttpResponse:
    batch = _batch(request.user, batch_id)
    headers = headers_of(bytes(batch.content))
    form = MappingForm(request.POST if request.method == "POST" else None, headers=headers, mapping=batch.mapping)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_mapping(by=request.user, batch=batch, mapping=form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return redirect("training:import_detail", batch.pk)
    context = {"form": form, "batch": batch, "headers": headers}
    return render(request, "training/import_mapping.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def import_detail(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """The file beside the register: `?tab=` what differs, what is new, what only the register has, what is broken."""
    batch = _batch(request.user, batch_id)
    if batch.state == RegisterImport.State.UPLOADED:
        return redirect("training:import_mapping", batch.pk)
    context: dict[str, Any] = {"batch": batch}
    if batch.state == RegisterImport.State.CHECKED:
        found = services.looked_at(batch)
        tab = request.GET.get("tab", "")
        tab = tab if tab in TABS else next((name for name in TABS if found.summary()[name]), "new")
        taken = set(batch.taken)
        context |= {
            "tab": tab,
            "tabs": [(name, label, found.summary()[name]) for name, label in TABS.items()],
            "summary": found.summary(),
            "taken": sum(one.line.number in taken for one in found.differing),
            "page": Paginator(_rows(found, tab, taken), ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
        }
    return render(request, "training/import_detail.html", context)


def _rows(found: Reconciled, tab: str, taken: set[int]) -> list[dict[str, Any]]:
    if tab == "differing":
        return [_differing(one, one.line.number in taken) for one in found.differing]
    if tab == "new":
        return [{"number": line.number, "name": line.values["name"]} for line, _ in found.new]
    if tab == "broken":
        return [{"number": number, "problems": problems} for number, problems in sorted(found.broken.items())]
    return [{"institution": row} for row in found.only_here]


def _differing(one: Differing, is_taken: bool) -> dict[str, Any]:
    return {
        "number": one.line.number,
        "institution": one.institution,
        "is_taken": is_taken,
        "fields": list(_shown(one.fields)),
        "by_steps": list(_shown(one.by_steps)),
    }


def _shown(fields: dict[str, tuple[Any, Any]]) -> Iterator[tuple[str, str, str]]:
    for key, (old, new) in fields.items():
        yield BY_KEY[key].label, _in_words(key, old), _in_words(key, new)


def _in_words(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    choices = dict(Institution._meta.get_field(key).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value or "没有"))


@login_required
@require_POST
def import_decide(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """`line`: those ticked; with `all`, each line that differs. `takes`: the file's values, else the register's."""
    batch = _batch(request.user, batch_id)
    if "all" in request.POST:
        numbers = [one.line.number for one in services.looked_at(batch).differing]
    else:
        numbers = [int(text) for text in request.POST.getlist("line") if text.isascii() and text.isdecimal()]
    try:
        services.decide(by=request.user, batch=batch, numbers=numbers, takes=request.POST.get("takes") == "file")
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    return redirect("training:import_detail", batch.pk)


@login_required
@require_POST
def import_apply(request: SignedInRequest, batch_id: int) -> HttpResponse:
    batch = _batch(request.user, batch_id)
    try:
        services.apply(by=request.user, batch=batch, only_good=request.POST.get("only_good") == "on")
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "已导入登记册。")
    return redirect("training:import_detail", batch.pk)


@login_required
@require_POST
def import_undo(request: SignedInRequest, batch_id: int) -> HttpResponse:
    batch = _batch(request.user, batch_id)
    try:
        services.undo(by=request.user, batch=batch)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, "已撤销这次导入。")
    return redirect("training:import_detail", batch.pk)


@login_required
@require_safe
def import_errors(request: SignedInRequest, batch_id: int) -> HttpResponse:
    batch = _batch(request.user, batch_id)
    if batch.state != RegisterImport.State.CHECKED:
        return redirect("training:import_detail", batch.pk)
    name = f"错误行-{batch.name.removesuffix('.xlsx')}.xlsx"
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(services.broken_workbook(batch), content_type=XLSX, headers=headers)


def _batch(user: User, batch_id: int) -> RegisterImport:
    batch = access.get_visible(RegisterImport.objects.select_related("unit", "made_by"), user, pk=batch_id)
    access.require(user, "keep_register", batch.unit)
    return batch
