"""A paper sample of real minutes, counted by 班主任 or 教导处."""

import datetime as dt
from collections import defaultdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import SignedInRequest
from homework import samples
from homework.forms.families import CountForms, ReplaceForm
from homework.models import Notice, NoticeQuerySet
from homework.services import time_samples
from schools import access
from schools.models import ClassGroup, HeadTeacher, School

# Paper is counted within days; what is older nobody remembers.
DAYS_TO_ENTER = 14


@login_required
@require_GET
def paper_list(request: SignedInRequest) -> HttpResponse:
    """The last notices of the classes whose paper is mine to count: 班主任's own class, all of 教导处's."""
    today = timezone.localdate()
    mine = HeadTeacher.objects.on(today).filter(user=request.user).values("class_group")
    schools = School.objects.inside(access.scope(request.user, "review_homework"))
    groups = ClassGroup.objects.on(today).filter(Q(pk__in=mine) | Q(school__in=schools)).in_order()
    classes = list(groups)
    if not classes:
        raise PermissionDenied
    notices = _open(today).filter(class_group__in=classes).order_by("-day")
    counted = notices.annotate(pupils=Sum("time_samples__answers", filter=Q(time_samples__device=None)))
    by_class = defaultdict(list)
    for notice in counted:
        by_class[notice.class_group_id].append(notice)
    rows = [(group.name_on(today), by_class[group.pk]) for group in classes]
    return render(request, "homework/paper_list.html", {"rows": rows, "days": DAYS_TO_ENTER})


@login_required
@require_http_methods(["GET", "POST"])
def paper_sample(request: SignedInRequest, notice_id: int) -> HttpResponse:
    today = timezone.localdate()
    notices = _open(today).select_related("class_group__school__unit")
    notice = access.get_visible(notices, request.user, pk=notice_id)
    if not access.may_close_day(request.user, notice.class_group, today):
        raise PermissionDenied
    earlier = samples.answers_on_paper(notice.pk)
    lines, replace = CountForms(request.POST or None), ReplaceForm(request.POST or None)
    errors: list[str] = []
    if request.method == "POST":
        errors = _record(request, notice, lines, replace)
        if not errors and lines.is_valid():
            messages.success(request, "纸质抽样已录入。")
            return redirect("homework:paper_list")
    context = {
        "notice": notice,
        "name": notice.class_group.name_on(notice.day),
        "pupils": time_samples.pupils_of(notice),
        "lines": lines,
        "replace": replace,
        "earlier": earlier,
        "errors": errors,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "homework/paper_sample.html", context, status=status)


def _record(request: SignedInRequest, notice: Notice, lines: CountForms, replace: ReplaceForm) -> list[str]:  # type: ignore[valid-type]
    """What the service says against it; the lines' own errors stand beside them."""
    if not (lines.is_valid() and replace.is_valid()):  # type: ignore[attr-defined]
        return []
    counts = [line.count for line in lines if line.count]  # type: ignore[attr-defined]
    try:
        time_samples.record_paper(
            by=request.user,
            notice=notice,
            counts=counts,
            day=timezone.localdate(),
            replaces=replace.cleaned_data["replaces"],
        )
    except ValidationError as error:
        return list(error.messages)
    return []


def _open(today: dt.date) -> NoticeQuerySet:
    return Notice.objects.public().between(today - dt.timedelta(days=DAYS_TO_ENTER), today)
