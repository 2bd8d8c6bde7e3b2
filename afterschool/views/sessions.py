"""A school's sessions of a day; what was not held, a day without service, and who stands in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from afterschool import daily
from afterschool.availability import free_for
from afterschool.forms.daily import BreakForm, ReasonForm, WeekdayForm, WorkerForm
from afterschool.models import FollowedWeekday, ServiceBreak, Session, Worker
from afterschool.services import duties as duty_services
from afterschool.services import sessions as services
from afterschool.views import seen
from schools.calendar import monday_of
from schools.models import School
from schools.views.days import asked_day

SESSIONS_ON_A_PAGE = 60


@login_required
@require_GET
def session_list(request: SignedInRequest, code: str) -> HttpResponse:
    """The day's sessions, missing rolls first. Counts only."""
    return _list(request, seen.school_for(request.user, code, "oversee_school"))


@login_required
@require_POST
def session_make(request: SignedInRequest, code: str) -> HttpResponse:
    school = seen.school_for(request.user, code, "arrange_service")
    form = WeekdayForm(request.POST)
    if form.is_valid():
        try:
            made = services.make_missing_sessions(by=request.user, school=school, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"已生成{made}次课后服务。")
            return redirect(_day_url(school, form.cleaned_data["day"]))
    return _list(request, school, form, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def session_cancel(request: SignedInRequest, session_id: int) -> HttpResponse:
    session = seen.session_to_roll(request.user, session_id)
    form = ReasonForm(request.POST or None, initial={"reason": session.reason})
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_session(by=request.user, session=session, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"{session.group}已登记为未开展。")
            return redirect(f"{reverse('afterschool:today')}?day={session.day.isoformat()}")
    context = {"session": session, "form": form}
    return render(request, "afterschool/session_cancel.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def session_substitute(request: SignedInRequest, session_id: int) -> HttpResponse:
    """Those who are fit and free; one tap on one of them is enough."""
    session = seen.session_to_arrange(request.user, session_id)
    choices = Worker.objects.filter(school=session.school_id)
    form = WorkerForm(request.POST or None, workers=choices)
    if request.method == "POST" and form.is_valid():
        try:
            duty_services.substitute(by=request.user, session=session, worker=form.cleaned_data["worker"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"{session.group}由{form.cleaned_data['worker']}带班，已通知双方。")
            return redirect(_day_url(session.school, session.day))
    context = {"session": session, "form": form, "free": free_for(session)}
    return render(request, "afterschool/session_substitute.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def day_break(request: SignedInRequest, code: str) -> HttpResponse:
    """A school day without service, with the reason; or, with `resume`, that there is service after all."""
    school = seen.school_for(request.user, code, "arrange_service")
    day = asked_day(request)
    form = BreakForm(request.POST or None, initial={"day": day})
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["day"]
        try:
            services.cancel_day(by=request.user, school=school, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"已登记：{day:%-m月%-d日}停止课后服务。")
            return redirect(_day_url(school, day))
    breaks = ServiceBreak.objects.filter(school=school, day__gte=timezone.localdate()).order_by("day")
    context = {"school": school, "form": form, "day": day, "breaks": breaks}
    return render(request, "afterschool/day_break.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def day_resume(request: SignedInRequest, code: str) -> HttpResponse:
    school = seen.school_for(request.user, code, "arrange_service")
    day = asked_day(request)
    try:
        services.resume_day(by=request.user, school=school, day=day)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, f"{day:%-m月%-d日}恢复课后服务。")
    return redirect(_day_url(school, day))


def _list(
    request: SignedInRequest, school: School, sent_back: WeekdayForm | None = None, *, status: int = 200
) -> HttpResponse:
    day = asked_day(request)
    of_day = Session.objects.on(day).filter(school=school)
    counts = of_day.aggregate(
        planned=Count("pk", filter=Q(state=Session.State.PLANNED)),
        held=Count("pk", filter=Q(state=Session.State.HELD)),
        cancelled=Count("pk", filter=Q(state=Session.State.CANCELLED)),
    )
    may_arrange = seen.may_arrange(request.user, school)
    page = Paginator(daily.day_of_school(school, day), SESSIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "school": school,
        "day": day,
        "today": timezone.localdate(),
        "page": page,
        "counts": counts,
        "stopped": ServiceBreak.objects.filter(school=school, day=day).first(),
        "teaches": school.days.held().filter(day=day).exists(),
        "may_arrange": may_arrange,
        "paper_pages": daily.groups_of_week(school, monday_of(day)).page_range if may_arrange else [],
        "form": sent_back
        or WeekdayForm(initial={"day": day, "weekday": FollowedWeekday.objects.by_day(school, day, day).get(day)}),
    }
    return render(request, "afterschool/session_list.html", context, status=status)


def _day_url(school: School, day: object) -> str:
    return f"{reverse('afterschool:session_list', args=[school.unit.code])}?day={day}"
