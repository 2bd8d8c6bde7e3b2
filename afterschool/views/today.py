"""The day of somebody who serves, made for a phone: her sessions, her duties, who is on duty at the school."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from accounts.models import User
from afterschool import daily
from afterschool.models import Duty, Incident, ServiceBreak, Session
from schools import access
from schools.models import HeadTeacher, School
from schools.views.days import asked_day

SCHOOLS_SHOWN = 5


@login_required
@require_GET
def today(request: SignedInRequest) -> HttpResponse:
    paths = access.require_anywhere(request.user, "serve")
    day = asked_day(request)
    schools = list(School.objects.inside(paths).select_related("unit").order_by("unit__code")[:SCHOOLS_SHOWN])
    mine = Session.objects.on(day).inside(access.scope(request.user)).filter(daily.serves(request.user))
    duties = Duty.objects.on(day).standing().filter(worker__user=request.user).exclude(kind=Duty.Kind.SUBSTITUTE)
    told = Q(school__in=School.objects.inside(access.scope(request.user, "read_incidents")))
    context = {
        "day": day,
        "today": timezone.localdate(),
        "sessions": [
            (session, session.worker is not None and session.worker.user_id == request.user.pk)
            for session in daily.with_people(mine).order_by("starts_at", "group__name")
        ],
        "duties": duties.order_by("starts_at"),
        "roster": list(daily.roster_of_day(schools, day)),
        "breaks": ServiceBreak.objects.filter(school__in=schools, day=day).select_related("school__unit"),
        "schools": schools,
        "has_many": len(schools) > 1,
        "incidents": Incident.objects.open().filter(told | Q(reported_by=request.user)).order_by("day", "happened_at"),
        "keeps_lists": _keeps_lists(request.user, day),
        "oversees": bool(access.scope(request.user, "read_incidents")),
    }
    return render(request, "afterschool/today.html", context)


def _keeps_lists(user: User, day: dt.date) -> bool:
    """教导处, and 班主任 of any class."""
    return bool(access.scope(user, "arrange_service")) or HeadTeacher.objects.on(day).filter(user=user).exists()
