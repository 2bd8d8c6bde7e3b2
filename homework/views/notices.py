"""One class's day for those who answer for it: what stands, how it came about, and what was decided."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import SignedInRequest
from accounts.models import User
from homework import versions, wording
from homework.class_days import ClassDay, class_days
from homework.models import Item, Notice, WordingWarning
from homework.versions import Version
from homework.views import answers
from schools import access
from schools.models import ClassGroup
from schools.views.days import day_of


@login_required
@require_GET
def notice_detail(request: SignedInRequest, class_id: int, day: str) -> HttpResponse:
    """`?older=1&newer=3` lays two versions side by side; without them the last two."""
    class_group = answers.class_seen(request, class_id)
    on = day_of(day)
    _require_reader(request.user, class_group, on)
    days = class_days([class_group], on, Notice.objects.select_related("closed_by"))
    if not days:
        raise Http404
    return render(request, "homework/notice_detail.html", _context(request, days[0]))


def _require_reader(user: User, class_group: ClassGroup, day: dt.date) -> None:
    """The class's teachers, its 班主任, and those who oversee its school."""
    if not (
        access.can(user, "oversee_school", class_group.school.unit)
        or access.teaches(user, class_group, day)
        or access.is_head_teacher(user, class_group, day)
    ):
        raise PermissionDenied


def _context(request: SignedInRequest, class_day: ClassDay) -> dict[str, object]:
    """Four queries where there is a notice."""
    notice = class_day.notice
    found = versions.notice_versions(notice) if notice else []
    older, newer = _asked(request, "older", found, -2), _asked(request, "newer", found, -1)
    return {
        "class_day": class_day,
        "day": class_day.day,
        "versions": found[::-1],
        "older": older,
        "newer": newer,
        "pair": [older, newer],
        "only_in_one": _only_in_one(older, newer),
        "differences": versions.differences(found, older, newer) if older and newer else [],
        "decisions": list(notice.decisions.select_related("by")) if notice else [],
        "warnings": _warnings(notice) if notice else [],
    }


def _only_in_one(older: Version | None, newer: Version | None) -> list[Item]:
    if older is None or newer is None:
        return []
    return [item for item in older.items + newer.items if item not in older.items or item not in newer.items]


def _asked(request: SignedInRequest, name: str, found: list[Version], default: int) -> Version | None:
    """The version whose number is asked for; else one counted from the end, if there are two."""
    number = request.GET.get(name, "")
    if number.isascii() and number.isdecimal():
        return next((version for version in found if str(version.number) == number.lstrip("0")), None)
    return found[default] if len(found) > 1 else None


def _warnings(notice: Notice) -> list[tuple[WordingWarning, wording.WordingRule | None]]:
    """Of what stands and what was withdrawn. A rule that is no longer in the file has only its id."""
    rows = WordingWarning.objects.filter(item__notice=notice).select_related("item__subject").order_by("pk")
    return [(row, wording.wording_rules().get(row.rule)) for row in rows]
