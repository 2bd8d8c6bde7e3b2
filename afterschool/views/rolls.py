"""The roll of a session on a phone, and what paper lists say of a day."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from accounts.services import audit
from afterschool import daily
from afterschool.forms.daily import CountsForm, RollForm
from afterschool.models import Session
from afterschool.services import rolls
from afterschool.services.sessions import is_open
from afterschool.views import seen
from schools import access
from schools.models import School
from schools.views.days import asked_day


@never_cache  # no phone keeps the names
@login_required
@require_http_methods(["GET", "POST"])
def roll_call(request: SignedInRequest, session_id: int) -> HttpResponse:
    """Everybody is there but for the exceptions. The phone's outbox (HX-Request) gets an answer without a page."""
    if request.headers.get("X-Written-By", str(request.user.pk)) != str(request.user.pk):
        return HttpResponse(status=409)  # taken under another account on a shared phone: it is hers to send
    session = seen.session_to_roll(request.user, session_id)
    path = session.school.unit.path_on(timezone.localdate())
    back = _back(request, session)
    rows = daily.roll_rows(session)
    form = RollForm(request.POST if request.method == "POST" else None, session=session, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            _record(request, session, form, may_correct=access.may(request.user, "arrange_service", path))
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"{session.group}已点名。")
            if request.headers.get("HX-Request"):
                return HttpResponse(status=204)
            return redirect(back)
    audit(by=request.user, action="roster.view", subject=session.group, path=path, session=session.pk)
    context = {"session": session, "form": form, "back": back, "is_ahead": session.day > timezone.localdate()}
    return render(request, "afterschool/roll_call.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def session_counts(request: SignedInRequest, code: str) -> HttpResponse:
    """What the paper lists of a day say, in numbers: the day's sessions in one table, saved in one go."""
    school = seen.school_for(request.user, code, "arrange_service")
    day = asked_day(request)
    sessions = list(daily.with_named(daily.day_of_school(school, day)))
    forms = [
        CountsForm(request.POST or None, session=session)
        for session in sessions
        if session.state != Session.State.CANCELLED and not session.is_named  # type: ignore[attr-defined]
    ]
    if request.method == "POST" and not _tell_of_overtaken(request, sessions, forms):
        said = _enter_counts(request, school, forms)
        if said:
            messages.success(request, said)
            return redirect(f"{_list_url(school)}?day={day.isoformat()}")
    context = {
        "school": school,
        "day": day,
        "forms": forms,
        "left_out": len(sessions) - len(forms),
        "is_open": is_open(school, day),
        "key": request.POST.get("key") or uuid.uuid4(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "afterschool/session_counts.html", context, status=status)


def _tell_of_overtaken(request: SignedInRequest, sessions: list[Session], forms: list[CountsForm]) -> bool:
    """Whether she ticked a session that has been called by name, or called off, since the page was opened."""
    open_now = {form.session.pk for form in forms}
    ticked = [one for one in sessions if one.pk not in open_now and f"s{one.pk}-is_entered" in request.POST]
    if ticked:
        names = "、".join(f"{one.group}（{one.starts_at:%H:%M}）" for one in ticked)
        messages.error(request, f"没有登记：{names}在这期间已按姓名点名或登记为未开展。请核对，其余的再保存一次。")
    return bool(ticked)


def _record(request: SignedInRequest, session: Session, form: RollForm, *, may_correct: bool) -> None:
    rolls.record_roll(
        by=request.user,
        session=session,
        marks=form.marks,
        content=form.cleaned_data["content"],
        seen=form.cleaned_data["seen"],
        key=form.cleaned_data["key"],
        may_correct=may_correct,
    )


def _enter_counts(request: SignedInRequest, school: School, forms: list[CountsForm]) -> str:
    """What is said when all was entered; empty where something is in the way, which then stands with the forms."""
    if not all([form.is_valid() for form in forms]):
        return ""
    entered = [form for form in forms if form.cleaned_data["is_entered"]]
    if not entered:
        messages.error(request, "没有登记：请先勾选要登记的班组。")
        return ""
    by_session = {form.session.pk: form for form in entered}
    entries = [(form.session, form.counts, form.cleaned_data["content"], form.cleaned_data["seen"]) for form in entered]
    refused = rolls.record_day_counts(by=request.user, entries=entries, key=_posted_key(request))
    for session_id, error in refused.items():
        add_errors(by_session[session_id], error)
    if refused:
        messages.error(request, "没有登记：请看标出的问题，改好后再保存。")
        return ""
    return f"已登记{len(entered)}个班组。"


def _posted_key(request: SignedInRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _back(request: SignedInRequest, session: Session) -> str:
    """Where her own sessions stand, or to 教导处 those of the school."""
    is_hers = seen.is_hers(request.user, session)
    page = reverse("afterschool:today") if is_hers else _list_url(session.school)
    return f"{page}?day={session.day.isoformat()}"


def _list_url(school: School) -> str:
    return reverse("afterschool:session_list", args=[school.unit.code])
