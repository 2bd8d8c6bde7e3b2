"""Letting people in: activation codes on the screen and on paper slips, unlocking, shutting an account."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.http import SignedInRequest
from accounts.models import ActivationCode, User
from accounts.sign_in import grouped
from paper.errors import PaperError
from paper.pdf import render_pdf
from schools import access
from schools.forms.people import SlipsForm
from schools.models import Posting, School, Staff
from schools.sign_in import lock_names
from schools.views.people import holding, in_state, require_manageable, what_they_do


@dataclass(frozen=True, slots=True)
class Slip:
    """What one person needs to get in: her names for signing in and the code, as printed."""

    person: User
    code: str
    staff: Staff | None  # where her 工号 counts; None for those who sign in by phone


def slips_for(given: Sequence[tuple[User, str]]) -> list[Slip]:
    posts = Staff.objects.not_over(timezone.localdate()).filter(user__in=[person for person, _ in given])
    staff_of = {post.user_id: post for post in posts.select_related("school__unit").order_by("first_day")}
    return [Slip(person, grouped(code), staff_of.get(person.pk)) for person, code in given]


@login_required
@never_cache
@require_POST
def people_code(request: SignedInRequest, user_id: int) -> HttpResponse:
    """A new code, shown this once, on the page or (as=slip) on paper. An old password ends: this is the reset."""
    person = require_manageable(request.user, user_id)
    try:
        with transaction.atomic():
            slip = slips_for([(person, services.give_activation_code(by=request.user, user=person))])
            if request.POST.get("as") == "slip":
                return as_pdf(request, slip, name=person.name)
    except PaperError as error:  # the code that could not be printed was not given
        messages.error(request, str(error))
        return redirect("schools:people_detail", user_id=user_id)
    return render(request, "schools/people_code.html", {"slip": slip[0], "expires_on": expires_on()})


def expires_on() -> dt.date:
    """The last full day on which a code given now can be used."""
    return timezone.localdate() + dt.timedelta(days=settings.ACTIVATION_CODE_DAYS - 1)


def as_pdf(request: SignedInRequest, slips: list[Slip], *, name: str) -> HttpResponse:
    """A4 sheets to cut apart. Raises PaperError, as for a name with a character that no font has."""
    address = request.build_absolute_uri(reverse("accounts:activate"))
    context: dict[str, object] = {
        "slips": [(slip, picture_of(address, slip)) for slip in slips],
        "address": address,
        "expires_on": expires_on(),
    }
    printed = render_pdf("schools/people_slips_pdf.html", context, made_at=timezone.now())
    file_name = f"激活码-{name}-{timezone.localdate():%Y%m%d}.pdf"
    disposition = content_disposition_header(True, file_name) or "attachment"
    return HttpResponse(printed.content, content_type="application/pdf", headers={"Content-Disposition": disposition})


def picture_of(address: str, slip: Slip) -> str:
    """A QR code of the page, with the school's code filled in. The activation code is not in it."""
    school = f"?school={slip.staff.school.unit.code}" if slip.staff else ""
    uri: str = segno.make(address + school, error="m").svg_data_uri(border=0)
    return uri


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def activation_slips(request: SignedInRequest, school_id: int) -> HttpResponse:
    """New codes for those of a school who have not activated yet, all or some, as slips. Nobody's password ends."""
    school = access.get_visible(School.objects.select_related("unit"), request.user, pk=school_id)
    access.require(request.user, "manage_people", school.unit)
    waiting = waiting_at(school, request.user)
    form = SlipsForm(request.POST if request.method == "POST" else None, waiting=waiting)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                given = services.give_first_codes(by=request.user, users=form.cleaned_data["person"])
                return as_pdf(request, slips_for(given), name=school.unit.name)
        except PaperError as error:
            form.add_error(None, str(error))
    return render(request, "schools/people_slips.html", {"school": school, "form": form, "people": with_codes(waiting)})


def waiting_at(school: School, user: User) -> QuerySet[User]:
    """Those with a role at the school who have no password yet and whose account `user` may manage."""
    there = holding(Posting.objects.not_over(timezone.localdate()).filter(unit=school.unit))
    return in_state(access.manageable(user, there), "not_activated").order_by("name", "pk")


def with_codes(people: QuerySet[User]) -> QuerySet[User]:
    """With `roles`, `posts` and `open_codes`: a code that is open still is on a slip somebody may hold."""
    codes = ActivationCode.objects.usable(timezone.now())
    return people.prefetch_related(*what_they_do(), Prefetch("activation_codes", queryset=codes, to_attr="open_codes"))


@login_required
@require_POST
def people_unlock(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = require_manageable(request.user, user_id)
    services.unlock(by=request.user, user=person, names=lock_names(person))
    messages.success(request, f"已解除{person.name}的登录暂停。")
    return redirect("schools:people_detail", user_id=user_id)


@login_required
@require_POST
def people_shut_out(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = require_manageable(request.user, user_id)
    services.set_active(by=request.user, user=person, is_active=False)
    messages.success(request, f"{person.name}的账号已停用，已登录的设备立即退出。")
    return redirect("schools:people_detail", user_id=user_id)


@login_required
@require_POST
def people_reopen(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = require_manageable(request.user, user_id)
    services.set_active(by=request.user, user=person, is_active=True)
    messages.success(request, f"{person.name}的账号已恢复。")
    return redirect("schools:people_detail", user_id=user_id)
