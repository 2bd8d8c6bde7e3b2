"""What is printed of a group: its list to tick on paper, and the record of a week made from its sessions."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from accounts.services import audit
from afterschool import daily
from afterschool.models import CourseGroup, Session
from afterschool.views import seen
from paper.errors import PaperError
from paper.pdf import render_pdf
from schools.views.days import asked_day


@never_cache
@login_required
@require_GET
def session_paper(request: SignedInRequest, group_id: int) -> HttpResponse:
    """A group's list to tick on paper: of the week of `?day=`, or with `?span=day` of that day alone."""
    day = asked_day(request)
    first_day, last_day = (day, day) if request.GET.get("span") == "day" else daily.week_around(day)
    group = seen.group_with_names(request.user, group_id, first_day, last_day)
    sheets = [daily.sheet(group, first_day, last_day)]
    try:
        printed = _print_sheets(sheets, first_day, last_day)
    except PaperError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('afterschool:today')}?day={day.isoformat()}")
    path = group.school.unit.path_on(timezone.localdate())
    audit(by=request.user, action="roster.print", subject=group, path=path, day=day.isoformat())
    return _pdf(printed, f"点名表-{group}-{first_day:%Y%m%d}.pdf")


@never_cache
@login_required
@require_GET
def session_papers(request: SignedInRequest, code: str) -> HttpResponse:
    """The lists of a week of all the school's groups, some groups (`?page=`) to a file."""
    school = seen.school_for(request.user, code, "arrange_service")
    day = asked_day(request)
    monday, sunday = daily.week_around(day)
    page = daily.groups_of_week(school, monday).get_page(request.GET.get("page"))
    sheets = [daily.sheet(group, monday, sunday) for group in page]
    try:
        printed = _print_sheets(sheets, monday, sunday)
    except PaperError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('afterschool:session_list', args=[code])}?day={day.isoformat()}")
    path = school.unit.path_on(timezone.localdate())
    audit(by=request.user, action="roster.print", subject=school, path=path, day=day.isoformat(), page=page.number)
    return _pdf(printed, f"点名表-{school}-{monday:%Y%m%d}-{page.number}.pdf")


@login_required
@require_GET
def activity_record(request: SignedInRequest, group_id: int) -> HttpResponse:
    """A group's week, made from its sessions: what was done, how many came, what happened."""
    group = seen.group_recorded(request.user, group_id)
    return render(request, "afterschool/activity_record.html", _week(group, asked_day(request)))


@login_required
@require_GET
def activity_record_paper(request: SignedInRequest, group_id: int) -> HttpResponse:
    group = seen.group_recorded(request.user, group_id)
    day = asked_day(request)
    try:
        printed = render_pdf("afterschool/activity_record_pdf.html", _week(group, day), made_at=timezone.now())
    except PaperError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('afterschool:activity_record', args=[group_id])}?day={day.isoformat()}")
    return _pdf(printed.content, f"活动记录-{group}-{day:%Y%m%d}.pdf")


def _print_sheets(sheets: list[daily.Sheet], first_day: dt.date, last_day: dt.date) -> bytes:
    """Raises PaperError."""
    context = {"sheets": sheets, "first_day": first_day, "last_day": last_day}
    return render_pdf("afterschool/session_paper_pdf.html", context, made_at=timezone.now()).content


def _week(group: CourseGroup, day: dt.date) -> dict[str, object]:
    monday, sunday = daily.week_around(day)
    activities = daily.activity_week(group, monday)
    held = [one.session for one in activities if one.session.state == Session.State.HELD]
    return {
        "group": group,
        "activities": activities,
        "held": len(held),
        "expected": sum(session.expected for session in held),
        "present": sum(session.present for session in held),
        "incidents": sum(one.incidents for one in activities),
        "monday": monday,
        "sunday": sunday,
        "week_before": monday - dt.timedelta(days=7),
        "week_after": monday + dt.timedelta(days=7),
    }


def _pdf(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(False, name) or "inline"
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})
