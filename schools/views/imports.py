"""Bringing in a workbook: send it in, look at the dry run, apply, undo."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import Job, User
from schools import access
from schools.forms.imports import UploadForm
from schools.imports.errors import bad_rows_workbook
from schools.imports.sheets import FORMS, template
from schools.models import ImportBatch, OrgUnit
from schools.services import imports as services

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCHES_PER_PAGE = 20
PROBLEMS_PER_PAGE = 100


@login_required
@require_safe
def import_list(request: SignedInRequest) -> HttpResponse:
    paths = access.require_anywhere(request.user, "import")
    return render(request, "schools/import_list.html", _list_context(request, paths, None))


@login_required
@require_POST
def import_upload(request: SignedInRequest) -> HttpResponse:
    paths = access.require_anywhere(request.user, "import")
    form = UploadForm(request.POST, request.FILES, units=_targets(request.user, paths))
    if form.is_valid():
        unit, file = form.cleaned_data["unit"], form.cleaned_data["file"]
        try:
            batch = services.send_in(by=request.user, unit=unit, name=file.name, content=file.read())
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("schools:import_detail", batch_id=batch.pk)
    return render(request, "schools/import_list.html", _list_context(request, paths, form), status=422)


def _list_context(request: SignedInRequest, paths: list[str], form: UploadForm | None) -> dict[str, object]:
    batches = ImportBatch.objects.inside(paths).defer("content", "problems").select_related("unit", "made_by")
    page = Paginator(batches.order_by("-pk"), BATCHES_PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "form": form or UploadForm(units=_targets(request.user, paths))}


def _targets(user: User, paths: list[str]) -> QuerySet[OrgUnit]:
    """Her own units first of all, and the areas below them; schools below are reached through their area's file."""
    own = [posting.unit.pk for posting in access.held(user) if posting.path in paths]
    areas = Q(level__in=(OrgUnit.Level.CITY, OrgUnit.Level.COUNTY, OrgUnit.Level.DISTRICT))
    return OrgUnit.objects.inside(paths).filter(areas | Q(pk__in=own)).order_by("code")


@login_required
@require_safe
def import_template(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "import")
    return _workbook(template(), "导入模板.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(True, name)
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})


@login_required
@require_safe
def import_detail(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """While a job works on the batch the page asks for its fragment again and again; at the end it reloads itself."""
    batch = _batch(request, batch_id)
    job = Job.objects.filter(key=batch.job_key).order_by("-pk").first()
    is_busy = job is not None and job.state in Job.UNFINISHED
    if request.headers.get("HX-Request"):
        response = render(request, "schools/_import_progress.html", {"batch": batch, "job": job})
        if not is_busy:
            response["HX-Refresh"] = "true"
        return response
    page = Paginator(batch.problems, PROBLEMS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "job": job,
        "is_busy": is_busy,
        "page": page,
        "is_unreadable": _is_unreadable(batch),
        "sheets": [(form.title, batch.summary[form.title]) for form in FORMS if form.title in batch.summary],
    }
    return render(request, "schools/import_detail.html", context)


def _batch(request: SignedInRequest, batch_id: int) -> ImportBatch:
    batches = ImportBatch.objects.defer("content").select_related("unit", "made_by")
    batch = access.get_visible(batches, request.user, pk=batch_id)
    access.require(request.user, "import", batch.unit)
    return batch


def _is_unreadable(batch: ImportBatch) -> bool:
    return batch.state == ImportBatch.State.CHECKED and not batch.summary


@login_required
@require_safe
def import_errors(request: SignedInRequest, batch_id: int) -> HttpResponse:
    batch = _batch(request, batch_id)
    if not batch.bad_rows:
        raise Http404
    return _workbook(bad_rows_workbook(batch), f"错误行-{batch.name.removesuffix('.xlsx')}.xlsx")


@login_required
@require_POST
def import_apply(request: SignedInRequest, batch_id: int) -> HttpResponse:
    batch = _batch(request, batch_id)
    try:
        services.ask_to_apply(by=request.user, batch=batch, only_good=request.POST.get("only_good") == "on")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("schools:import_detail", batch_id=batch.pk)


@login_required
@require_POST
def import_undo(request: SignedInRequest, batch_id: int) -> HttpResponse:
    batch = _batch(request, batch_id)
    try:
        services.ask_to_undo(by=request.user, batch=batch)
    except ValidationError as error:
        messages.error(request, "\n".join(error.messages))
    return redirect("schools:import_detail", batch_id=batch.pk)
