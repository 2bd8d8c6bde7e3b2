"""Giving somebody a role, ending it, an officer's parts in reports, leaving a school."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import User
from schools import access
from schools.forms.people import AppointForm, DutiesForm, LastDayForm
from schools.models import Posting, Staff
from schools.services import people as services
from schools.views.people import choices, get_person, is_hers_to_give, may_change, may_dismiss


@login_required
@require_http_methods(["GET", "POST"])
def people_appoint(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = get_person(request.user, user_id)
    if person == request.user:
        raise PermissionDenied("appoint oneself")
    form = AppointForm(request.POST or None, initial=usual(person), **choices(request.user))
    if request.method == "POST" and form.is_valid() and is_hers_to_give(request.user, form):
        try:
            services.appoint(by=request.user, user=person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "已增加角色。")
            return redirect("schools:people_detail", user_id=user_id)
    return render(request, "schools/people_appoint.html", {"form": form, "person": person})


def usual(person: User) -> dict[str, object]:
    """A further role is most often one at the same unit."""
    latest = Posting.objects.on(timezone.localdate()).filter(user=person).order_by("first_day").last()
    return {"first_day": timezone.localdate(), "unit": latest.unit_id if latest else None}


@login_required
@require_POST
def posting_end(request: SignedInRequest, user_id: int, posting_id: int) -> HttpResponse:
    posting = get_changeable(request.user, user_id, posting_id)
    last_day = given_day(request)
    if last_day:
        try:
            services.end_posting(by=request.user, posting=posting, last_day=last_day)
            messages.success(request, f"“{posting.get_role_display()}”到{last_day:%Y年%-m月%-d日}为止。")
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
    return back_to(request.user, posting.user)


def get_changeable(user: User, user_id: int, posting_id: int) -> Posting:
    """A posting of somebody in scope (else 404) that the user may end or change (else 403)."""
    person = get_person(user, user_id)
    posting = get_object_or_404(Posting.objects.placed(timezone.localdate()), pk=posting_id, user=person)
    if not may_change(user, posting):
        raise PermissionDenied("change posting")
    return posting


def given_day(request: SignedInRequest) -> dt.date | None:
    """The last day that was posted; None, with a message, when it is no date."""
    form = LastDayForm(request.POST)
    if form.is_valid():
        return form.cleaned_data["last_day"]
    messages.error(request, "请填写最后一天的日期。")
    return None


def back_to(user: User, person: User) -> HttpResponse:
    """Her page, or the list when she has just left the user's scope."""
    postings = Posting.objects.not_over(timezone.localdate()).filter(user=person)
    if postings.inside(access.scope(user, "manage_people")).exists():
        return redirect("schools:people_detail", user_id=person.pk)
    return redirect("schools:people")


@login_required
@require_POST
def posting_duties(request: SignedInRequest, user_id: int, posting_id: int) -> HttpResponse:
    posting = get_changeable(request.user, user_id, posting_id)
    form = DutiesForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有这样的报表职责。")
        return redirect("schools:people_detail", user_id=user_id)
    try:
        services.set_duties(by=request.user, posting=posting, duties=form.cleaned_data["duties"])
        messages.success(request, "报表职责已保存。")
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    return redirect("schools:people_detail", user_id=user_id)


@login_required
@require_POST
def staff_dismiss(request: SignedInRequest, user_id: int, staff_id: int) -> HttpResponse:
    person = get_person(request.user, user_id)
    staff = get_object_or_404(Staff.objects.select_related("school__unit"), pk=staff_id, user=person)
    if not may_dismiss(request.user, staff):
        raise PermissionDenied("dismiss")
    last_day = given_day(request)
    if last_day:
        try:
            services.dismiss(by=request.user, staff=staff, last_day=last_day)
            messages.success(
                request, f"{person.name}在{staff.school}到{last_day:%Y年%-m月%-d日}为止，角色和任课同时结束。"
            )
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
    return back_to(request.user, person)
