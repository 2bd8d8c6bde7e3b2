"""Returns: filled in by those who report, taken in by those above, urged, and set beside what the system computes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import Job, User
from accounts.refusals import add_errors
from reports.compute import cut_off_days
from reports.forms import ReturnForm, StepForm
from reports.indicators.returns import DIFFERENCES, RESTATED
from reports.models import ASKED, Return, ReturnStep
from reports.national.lines import LINES
from reports.returns import collection, computed, life, services
from reports.returns.due import LEVELS, due_on
from reports.returns.life import Part, Step
from schools import access
from schools.asked import one_of
from schools.models import OrgUnit
from schools.periods import Period, PeriodKind, UnknownPeriodError, containing, parse

UNITS_ON_A_PAGE = 100
MOST_AT_ONCE = 500
NAMES = {line.no: line.name for line in LINES}
DONE = {
    Step.ACCEPT: "已接收。",
    Step.SEND_BACK: "已退回，对方已收到消息。",
    Step.ASK_UNLOCK: "已申请开锁，等另一人同意。",
    Step.UNLOCK: "已开锁退回，对方已收到消息。",
    Step.KEEP_LOCKED: "已答复不同意开锁。",
}
STATES = {
    "": "全部",
    "missing": "未报",
    "sent": "已报待接收",
    "returned": "退回",
    "accepted": "接收",
}


@login_required
@require_safe
def returns(request: SignedInRequest) -> HttpResponse:
    """What I must report now, and what comes in to me."""
    access.require_anywhere(request.user, "file_return")
    today = timezone.localdate()
    periods = _current(today)
    units = [one.unit for one in access.held(request.user) if _reports(request.user, one.unit)]
    units = list({unit.pk: unit for unit in units}.values())
    there = {
        (row.unit_id, row.period): row
        for period in periods
        for row in Return.objects.of_period(period).filter(unit__in=units)
    }
    context = {
        "periods": [
            {
                "period": period,
                "rows": [
                    {
                        "unit": unit,
                        "row": there.get((unit.pk, period)),
                        "due_on": due_on(unit.level, period),
                        "is_late": _is_late(there.get((unit.pk, period)), unit, period, today),
                        "collects": unit.level != OrgUnit.Level.SCHOOL,
                    }
                    for unit in units
                ],
            }
            for period in periods
        ],
        "has_units": bool(units),
    }
    return render(request, "reports/returns.html", context)


def _current(today: dt.date) -> list[Period]:
    """The half-month that is running and the one before, and the month before: those that somebody may owe."""
    running = containing(PeriodKind.HALF_MONTH, today)
    return [running, running.previous(), containing(PeriodKind.MONTH, today).previous()]


def _is_late(row: Return | None, unit: OrgUnit, period: Period, today: dt.date) -> bool:
    if row and row.state in life.STANDS:
        return row.first_sent_on is not None and row.first_sent_on > due_on(unit.level, period)
    return today > due_on(unit.level, period)


@login_required
@require_http_methods(["GET", "POST"])
def return_detail(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    """One unit's return: what the system finds, what is asked, every step so far. 409 where it moved on meanwhile."""
    unit, reported = _unit(request.user, code), _period(period)
    if not may_see(request.user, unit):
        raise PermissionDenied
    if request.method == "POST" and not _reports(request.user, unit):
        raise PermissionDenied
    row = _row(unit, reported)
    if request.method != "POST":
        return _detail(request, unit, reported, row)
    form = ReturnForm(request.POST, level=unit.level, initial={})
    status = 422
    if form.is_valid():
        try:
            row = services.fill(
                by=request.user,
                unit=unit,
                period=reported,
                said=form.answers(),
                explanation=form.cleaned_data["explanation"],
            )
            if request.POST.get("action") == "send":
                services.send(by=request.user, row=row)
        except ValidationError as error:
            add_errors(form, error)
            status = 409 if getattr(error, "code", None) == "state" else 422
        else:
            sent = request.POST.get("action") == "send"
            messages.success(request, "已报送。" if sent else "已保存，还没有报送。")
            return redirect("reports:return_detail", code, period)
    return _detail(request, unit, reported, _row(unit, reported), form=form, status=status)


@login_required
@require_POST
def return_step(request: SignedInRequest, code: str, period: str, step: str) -> HttpResponse:
    """A step of the receivers, or an asking for unlocking. 409 where it moved on meanwhile."""
    if step not in list(services.CARRY_OUT):
        raise Http404
    kind = Step(step)
    unit, reported = _unit(request.user, code), _period(period)
    if not any(part in life.PARTS_OF[kind] for part in _parts(request.user, unit)):
        raise PermissionDenied
    row = _row(unit, reported)
    if row is None:
        raise Http404
    form = StepForm(request.POST, step=kind)
    status = 422
    if form.is_valid():
        try:
            services.CARRY_OUT[kind](by=request.user, row=row, text=form.cleaned_data["text"])
        except ValidationError as error:
            add_errors(form, error)
            status = 409 if getattr(error, "code", None) == "state" else 422
        else:
            messages.success(request, DONE[kind])
            return redirect("reports:return_detail", code, period)
    return _detail(request, unit, reported, row, sent_back=form, status=status)


@login_required
@require_safe
def return_collection(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    """Who of the area has sent, who has not, what is in time."""
    unit, reported = _area(request.user, code), _period(period)
    today = timezone.localdate()
    day = min(reported.last_day, today)
    level = one_of(request.GET.get("level", ""), LEVELS)
    state = one_of(request.GET.get("state", ""), STATES)
    paths = [unit.path_on(day)]
    units = collection.with_returns(collection.reporting(paths, day).exclude(pk=unit.pk), reported)
    shown = _filtered(units.filter(level=level) if level else units, state)
    job = Job.objects.filter(key=f"remind:{unit.code}:{reported.code}").order_by("-pk").first()
    page = Paginator(shown.order_by("level", "code"), UNITS_ON_A_PAGE).get_page(request.GET.get("page"))
    labels = dict(Return.State.choices)
    for one in page.object_list:
        one.state_words = labels.get(one.return_state, "未填")
        one.is_late = _is_late_unit(one, reported, today)
    context = {
        "unit": unit,
        "period": reported,
        "collected": collection.collected(paths, reported, day),
        "page": page,
        "states": STATES,
        "state": state,
        "levels": [(one, OrgUnit.Level(one).label) for one in LEVELS if one != unit.level],
        "level": level,
        "job": job,
        "previous": reported.previous().code,
    }
    return render(request, "reports/return_collection.html", context)


def _is_late_unit(unit: Any, period: Period, today: dt.date) -> bool:
    """Of a unit with its return's columns: sent late, or not sent and overdue."""
    due = due_on(unit.level, period)
    if unit.return_sent_on:
        return unit.return_sent_on > due
    return not unit.return_imported and today > due


def _filtered(units: Any, state: str) -> Any:
    if state == "missing":
        return units.exclude(return_state__in=life.STANDS) | units.filter(return_state=None)
    return units.filter(return_state=state) if state else units


@login_required
@require_POST
def return_remind(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    unit, reported = _area(request.user, code), _period(period)
    services.ask_to_remind(by=request.user, unit=unit, period=reported)
    messages.success(request, "正在催报：没有报送的单位会收到消息，一天最多催一次。")
    return redirect("reports:return_collection", code, period)


@login_required
@require_POST
def return_accept(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    """Those ticked, as far as they are hers to take in."""
    unit, reported = _area(request.user, code), _period(period)
    ids = [int(pk) for pk in request.POST.getlist("return") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    day = min(reported.last_day, timezone.localdate())
    below = collection.reporting([unit.path_on(day)], day).exclude(pk=unit.pk)
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
    unit, reported = _area(request.user, code), _period(period)
    first_day, last_day = reported.stated_days(cut_off_days(reported))
    last_day = min(last_day, timezone.localdate())
    rows = Return.objects.of_period(reported).stands().filter(level=OrgUnit.Level.SCHOOL)
    rows = (
        rows.filter(unit__in=collection.reporting([unit.path_on(last_day)], last_day))
        .select_related("unit")
        .order_by("unit__code")
    )
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
        "restated": _restated(unit, reported, last_day),
        "counts": [(item, NAMES[item], sum(item in line["items"] for line in differing)) for item in items],
    }
    return render(request, "reports/return_compare.html", context)


def _restated(unit: OrgUnit, period: Period, day: dt.date) -> str:
    """R3 of the area, with what stands behind it: 1.5%（3/200）."""
    paths = [unit.path_on(day)]
    actual = Return.objects.of_period(period).stands().filter(unit__in=collection.reporting(paths, day)).count()
    counts = {"reopened": collection.reopened(paths, period, day), "actual": actual}
    return f"{RESTATED.text(counts)}（{RESTATED.parts_text(counts)}）"


def _compared(row: Return, found: computed.Computed | None) -> dict[str, Any] | None:
    if found is None:
        return None
    lines = [
        {
            "item": item,
            "name": NAMES[item],
            "declared": answer,
            "computed": found.items[item],
            "why": found.reasons[item],
        }
        for item, answer in row.answers.items()
        if answer != found.items[item]
    ]
    return {"row": row, "lines": lines, "items": {line["item"] for line in lines}} if lines else None


def _detail(
    request: SignedInRequest,
    unit: OrgUnit,
    period: Period,
    row: Return | None,
    *,
    form: ReturnForm | None = None,
    sent_back: StepForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    known = services.known_of(unit, period, today)
    last = services.last_answers(unit, period)
    parts = _parts(request.user, unit)
    state = row.state if row else life.State.EMPTY.value
    may_write = Part.REPORTER in parts and state in life.WRITABLE
    has_request = bool(row and row.unlock_asked_by_id)
    steps = [step for part in parts for step in life.allowed(state, part, has_request=has_request)]
    receivers = [step for step in dict.fromkeys(steps) if step in services.CARRY_OUT]
    step_forms = [StepForm(step=step) for step in receivers if sent_back is None or step != sent_back.step]
    if sent_back:
        step_forms.insert(0, sent_back)
    context = {
        "unit": unit,
        "period": period,
        "row": row,
        "due_on": due_on(unit.level, period),
        "is_late": _is_late(row, unit, period, today),
        "lines": _lines(unit.level, row, known.items, known.reasons, last),
        "form": (form or ReturnForm(level=unit.level, initial=_initial(unit.level, row, known.items, last)))
        if may_write or form
        else None,
        "lock": services.lock_words(row, today) if row else "",
        "warnings": services.warnings_of(row, today) if row else [],
        "forms": [
            {"form": one, "step": one.step, "label": ReturnStep.Kind(one.step.value).label, "open": place == 0}
            for place, one in enumerate(step_forms)
        ],
        "steps": row.steps.select_related("by") if row else [],
        "has_begun": today >= period.stated_days(cut_off_days(period))[0],
        "collects": unit.level != OrgUnit.Level.SCHOOL and access.can(request.user, "collect_returns", unit),
    }
    return render(request, "reports/return_detail.html", context, status=status)


def _lines(level: str, row: Return | None, known: Any, reasons: Any, last: dict[int, Any]) -> list[dict[str, Any]]:
    """One line an item: declared, computed, of the period before."""
    answers = row.answers if row else {}
    return [
        {
            "item": item,
            "name": NAMES[item],
            "declared": _said(level, item, answers.get(item)),
            "computed": _said(level, item, known.get(item)),
            "why": reasons.get(item, ""),
            "last": _said(level, item, last.get(item)),
        }
        for item in ASKED[level]
    ]


def _said(level: str, item: int, value: Any) -> str:
    if value is None:
        return "–"
    is_yes_no = Return._meta.get_field(ASKED[level][item]).get_internal_type() == "BooleanField"
    return ("是" if value else "否") if is_yes_no else str(value)


def _initial(level: str, row: Return | None, known: Any, last: dict[int, Any]) -> dict[str, Any]:
    """What is there already; else what the system finds of a school, and what an area said last."""
    fields = ASKED[level]
    if row:
        return {name: getattr(row, name) for name in fields.values()} | {"explanation": row.explanation}
    first, second = (known, last) if level == OrgUnit.Level.SCHOOL else (last, known)
    found = {name: first.get(item, second.get(item)) for item, name in fields.items()}
    booleans = {name for name in found if Return._meta.get_field(name).get_internal_type() == "BooleanField"}
    return {name: bool(value) if name in booleans and value is not None else value for name, value in found.items()}


def _unit(user: User, code: str) -> OrgUnit:
    return access.get_visible(OrgUnit.objects.filter(level__in=LEVELS), user, code=code)


def _area(user: User, code: str) -> OrgUnit:
    """A city or county whose returns she collects."""
    unit = access.get_visible(OrgUnit.objects.areas().placed(timezone.localdate()), user, code=code)
    if not access.may(user, "collect_returns", unit.path):  # type: ignore[attr-defined]
        raise PermissionDenied
    return unit


def _period(code: str) -> Period:
    try:
        return parse(code)
    except UnknownPeriodError:
        raise Http404 from None


def _row(unit: OrgUnit, period: Period) -> Return | None:
    rows = Return.objects.of_period(period).filter(unit=unit)
    return rows.select_related("unit", "sent_by", "accepted_by", "unlock_asked_by").first()


def _reports(user: User, unit: OrgUnit) -> bool:
    return unit.level in LEVELS and access.is_posted_at(user, "file_return", unit.pk)


def may_see(user: User, unit: OrgUnit) -> bool:
    """Whether the unit's returns are hers to send or to receive."""
    return bool(_parts(user, unit))


def _parts(user: User, unit: OrgUnit) -> list[Part]:
    parts = [Part.REPORTER] if _reports(user, unit) else []
    if access.receives_returns(user, unit.path_on(timezone.localdate())):
        parts.append(Part.RECEIVER)
    return parts
