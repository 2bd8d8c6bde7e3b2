"""The people who serve, those first whose time runs out."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.db.models.functions import Least
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from afterschool import policy
from afterschool.forms.courses import LastDayForm
from afterschool.forms.workers import WorkerAddForm, WorkerEditForm
from afterschool.models import Worker
from afterschool.services import workers as services
from afterschool.views.seen import school_of
from schools import access

WORKERS_ON_A_PAGE = 50
SOON = dt.timedelta(days=60)


@login_required
@require_safe
def worker_list(request: SignedInRequest, code: str) -> HttpResponse:
    """On the list today and to come; with ?show=past everybody who ever was."""
    school = school_of(request.user, code)
    access.require(request.user, "arrange_service", school.unit)
    today = timezone.localdate()
    shows_past = request.GET.get("show") == "past"
    workers = (
        Worker.objects.filter(school=school) if shows_past else Worker.objects.filter(school=school).not_over(today)
    )
    shown = (
        workers.select_related("body")
        .annotate(
            runs_out=Least("qualified_until", "body__last_day", "last_day"),
            teaches=Count("groups", filter=Q(groups__last_day__gte=today)),
        )
        .order_by(F("runs_out").asc(nulls_last=True), "name", "pk")
    )
    page = Paginator(shown, WORKERS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "school": school,
        "page": page,
        "rows": [(worker, *_state(worker, today)) for worker in page],
        "shows_past": shows_past,
    }
    return render(request, "afterschool/worker_list.html", context)


def _state(worker: Worker, today: dt.date) -> tuple[str, str]:
    """A word for it, and its tone. `worker.runs_out` is read."""
    runs_out: dt.date | None = worker.runs_out  # type: ignore[attr-defined]
    if worker.first_day > today:
        return f"{worker.first_day:%-m月%-d日}起", "accent"
    if why := policy.why_unfit(worker.fitness, today):
        return why, "bad"
    if runs_out and runs_out <= today + SOON:
        return f"{runs_out:%-m月%-d日}到期", "warn"
    return "在岗", "good"


@login_required
@require_http_methods(["GET", "POST"])
def worker_add(request: SignedInRequest, code: str) -> HttpResponse:
    school = school_of(request.user, code)
    access.require(request.user, "arrange_service", school.unit)
    form = WorkerAddForm(request.POST or None, school=school, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            services.add_worker(by=request.user, school=school, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, "已列入课后服务人员。")
            return redirect("afterschool:worker_list", code=code)
    context = {"school": school, "form": form, "title": "添加课后服务人员", "button": "添加"}
    return render(request, "afterschool/worker_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def worker_edit(request: SignedInRequest, worker_id: int) -> HttpResponse:
    worker = _worker(request.user, worker_id)
    form = WorkerEditForm(request.POST or None, worker=worker, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            services.change_worker(by=request.user, worker=worker, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"{worker}的资料已保存。")
            return redirect("afterschool:worker_list", code=worker.school.unit.code)
    title = f"{worker}（{worker.get_kind_display()}）"
    context = {"school": worker.school, "worker": worker, "form": form, "title": title, "button": "保存"}
    return render(request, "afterschool/worker_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def worker_end(request: SignedInRequest, worker_id: int) -> HttpResponse:
    worker = _worker(request.user, worker_id)
    form = LastDayForm(request.POST or None, initial={"last_day": worker.last_day or timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            wanting = services.end_worker(by=request.user, worker=worker, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"{worker}到{form.cleaned_data['last_day']:%Y年%-m月%-d日}为止。")
            if wanting:
                messages.warning(request, f"有{wanting}个班组之后没有教师，请在课程页给它们换教师。")
            return redirect("afterschool:worker_list", code=worker.school.unit.code)
    groups = worker.groups.not_over(timezone.localdate())
    context = {"school": worker.school, "worker": worker, "form": form, "groups": groups}
    return render(request, "afterschool/worker_end.html", context, status=422 if form.errors else 200)


def _worker(user: User, worker_id: int) -> Worker:
    worker = access.get_visible(Worker.objects.select_related("school__unit", "body"), user, pk=worker_id)
    access.require(user, "arrange_service", worker.school.unit)
    return worker
