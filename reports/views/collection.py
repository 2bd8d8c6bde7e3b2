"""Returns as they come in: who has sent, who is urged, what is accepted, and what the records do not bear out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from reports.compute import cut_off_days
from reports.indicators.returns import DIFFERENCES, RESTATED
from reports.models import ASKED, Return
from reports.national.lines import NAMES
from reports.returns import collection, computed, life, services
from reports.returns.due import LEVELS, is_late
from reports.views.reports import period_of
from schools import access
from schools.asked import one_of
from schools.models import OrgUnit

UNITS_ON_A_PAGE = 100
MOST_AT_ONCE = 500
STATES = {
    "": "全部",
    "missing": "未报",
    "sent": "已报待接收",
    "returned": "退回",
    "accepted": "接收",
}


@login_required
@require_safe
def return_collection(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    """Who of the area has sent, who has not, what is in time."""
    unit, reported = _area(request.user, code), period_of(period)
    today = timezone.localdate()
    day = min(reported.last_day, today)
    level = one_of(request.GET.get("level", ""), LEVELS)
    state = one_of(request.GET.get("state", ""), STATES)
    paths = [unit.path_on(day)]
    units = collection.with_returns(collection.reporting(paths, day).exclude(pk=unit.pk), reported)
    shown = _filtered(units.filter(level=level) if level else units, state)
    page = Paginator(shown.order_by("level", "code"), UNITS_ON_A_PAGE).get_page(request.GET.get("page"))
    labels = dict(Return.State.choices)
    for one in page.object_list:
        one.state_words = labels.get(one.return_state, "未填")
        one.is_late = not one.return_imported and is_late(one.level, reported, one.return_sent_on, today)
    context = {
        "unit": unit,
        "period": reported,
        "collected": collection.collected(paths, reported, day),
        "page": page,
        "states": STATES,
        "state": state,
        "levels": [(one, OrgUnit.Level(one).label) for one in LEVELS if one != unit.level],
        "level": level,
        "job": services.last_reminding(unit, reported),
        "previous": reported.previous().code,
    }
    return render(request, "reports/return_collection.html", context)


def _filtered(units: Any, state: str) -> Any:
    if state == "missing":
        return units.exclude(return_state__in=life.STANDS) | units.filter(return_state=None)
    return units.filter(return_state=state) if state else units


@login_required
@require_POST
def return_remind(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    unit, reported = _area(request.user, code), period_of(period)
    services.ask_to_remind(by=request.user, unit=unit, period=reported)
    messages.success(request, "正在催报：没有报送的单位会收到消息，一天最多催一次。")
    return redirect("reports:return_collection", code, period)


@login_required
@require_POST
def return_accept(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    """Those ticked, as far as they are hers to take in."""
    unit, reported = _area(request.user, code), period_of(period)
    ids = [int(pk) for pk in request.POST.getlist("return") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    below = collection.below(unit, reported, timezone.localdate())
    rows = Return.objects.of_period(reported).filter(pk__in=ids[:MOST_AT_ONCE], unit__in=below)
    done, refused = services.accept_all(by=request.user, rows=list(rows.select_related("unit")))
    if done:
        messages.success(request, f"已接收{done}份。")
    for words in refused[:10]:
        messages.error(request, words)
    if not done and not refused:
        messages.error(request, "请先勾选要接收的单位。")
    return redirect("reports:return_collection", code, period)


@login_required
@require_safe
def return_compare(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    """Declared against computed, school by school: those that differ, with the counts behind each."""
    unit, reported = _area(request.user, code), period_of(period)
    first_day, last_day = reported.stated_days(cut_off_days(reported))
    last_day = min(last_day, timezone.localdate())
    units = collection.reporting([unit.path_on(last_day)], last_day)
    stands = Return.objects.of_period(reported).stands().filter(unit__in=units)
    rows = stands.filter(level=OrgUnit.Level.SCHOOL).select_related("unit").order_by("unit__code")
    found = computed.of_schools([row.unit_id for row in rows], first_day, last_day)
    differing = [line for row in rows if (line := _compared(row, found.get(row.unit_id)))]
    items = ASKED[OrgUnit.Level.SCHOOL]
    context = {
        "unit": unit,
        "period": reported,
        "page": Paginator(differing, UNITS_ON_A_PAGE).get_page(request.GET.get("page")),
        "first_day": first_day,
        "last_day": last_day,
        "sent": len(rows),
        "known": len(found),
        "differences": DIFFERENCES.text({"differences": sum(len(line["lines"]) for line in differing)}),
        "restated": _restated(collection.reopened(units, reported), stands.count()),
        "counts": [(item, NAMES[item], sum(item in line["items"] for line in differing)) for item in items],
    }
    return render(request, "reports/return_compare.html", context)


def _restated(reopened: int, actual: int) -> str:
    """R3, with what stands behind it: 1.5%（3/200）."""
    counts = {"reopened": reopened, "actual": actual}
    return f"{RESTATED.text(counts)}（{RESTATED.parts_text(counts)}）"


def _compared(row: Return, found: computed.Computed | None) -> dict[str, Any] | None:
    if found is None:
        return None
    lines = [
        {
            "item": item,
            "name": NAMES[item],
            "declared": row.answers[item],
            "computed": found.items[item],
            "why": found.reasons[item],
        }
        for item in found.unlike(row.answers)
    ]
    return {"row": row, "lines": lines, "items": {line["item"] for line in lines}} if lines else None


def _area(user: User, code: str) -> OrgUnit:
    """A city or county whose returns she collects."""
    unit = access.get_visible(OrgUnit.objects.areas().placed(timezone.localdate()), user, code=code)
    if not access.may(user, "collect_returns", unit.path):  # type: ignore[attr-defined]
        raise PermissionDenied
    return unit
