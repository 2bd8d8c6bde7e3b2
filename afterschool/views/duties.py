"""Who is on duty at a school: a week at a time, set one by one or copied from the week before."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.refusals import add_errors
from afterschool import daily
from afterschool.forms.daily import DutyForm
from afterschool.models import Duty, Worker
from afterschool.services import duties as services
from afterschool.views import seen
from schools import access
from schools.calendar import monday_of
from schools.models import School
from schools.views.days import asked_day

USUAL_TIMES = dt.time(16), dt.time(18)
LEFT_OUT_SHOWN = 5


@login_required
@require_GET
def duty_list(request: SignedInRequest, code: str) -> HttpResponse:
    school = seen.school_for(request.user, code, "serve")
    day = asked_day(request)
    monday, sunday = daily.week_around(day)
    context = {
        "school": school,
        "week": daily.duty_week(school, monday),
        "monday": monday,
        "sunday": sunday,
        "today": timezone.localdate(),
        "week_before": monday - dt.timedelta(days=7),
        "week_after": monday + dt.timedelta(days=7),
        "may_arrange": seen.may_arrange(request.user, school),
    }
    return render(request, "afterschool/duty_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def duty_set(request: SignedInRequest, code: str) -> HttpResponse:
    school = seen.school_for(request.user, code, "arrange_service")
    day = asked_day(request)
    form = DutyForm(request.POST or None, workers=_workers(school), initial=_usual(school, day))
    if request.method == "POST" and form.is_valid():
        try:
            services.set_duty(by=request.user, school=school, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, f"已安排{form.cleaned_data['worker']}值班。")
            return redirect(_week_url(school, form.cleaned_data["day"]))
    context = {"school": school, "form": form, "day": day}
    return render(request, "afterschool/duty_set.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def duty_remove(request: SignedInRequest, duty_id: int) -> HttpResponse:
    rows = Duty.objects.select_related("school__unit", "worker")
    duty = access.get_visible(rows, request.user, pk=duty_id)
    access.require(request.user, "arrange_service", duty.school.unit)
    try:
        services.remove_duty(by=request.user, duty=duty)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, f"已撤下{duty.worker}的{duty.get_kind_display()}。")
    return redirect(_week_url(duty.school, duty.day))


@login_required
@require_POST
def duty_copy(request: SignedInRequest, code: str) -> HttpResponse:
    """Into the week of `?day=` from the week before."""
    school = seen.school_for(request.user, code, "arrange_service")
    monday = monday_of(asked_day(request))
    copied, left_out = services.copy_week(by=request.user, school=school, monday=monday)
    if left_out:
        more = f"等{len(left_out)}项" if len(left_out) > LEFT_OUT_SHOWN else ""
        messages.warning(request, f"没有复制的：{'；'.join(left_out[:LEFT_OUT_SHOWN])}{more}。")
    if copied:
        messages.success(request, f"已从上周复制{copied}项值班。")
    elif not left_out:
        messages.info(request, "没有可复制的：上周没有值班，或本周已经安排。")
    return redirect(_week_url(school, monday))


def _workers(school: School) -> object:
    return Worker.objects.filter(school=school).not_over(timezone.localdate())


def _usual(school: School, day: dt.date) -> dict[str, object]:
    """Times as they were last set."""
    last = Duty.objects.filter(school=school, kind__in=services.ROSTER).order_by("-pk").first()
    starts_at, ends_at = (last.starts_at, last.ends_at) if last else USUAL_TIMES
    return {"day": day, "starts_at": starts_at, "ends_at": ends_at}


def _week_url(school: School, day: dt.date) -> str:
    return f"{reverse('afterschool:duty_list', args=[school.unit.code])}?day={day.isoformat()}"
