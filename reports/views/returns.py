"""A return: filled in by those who report, beside what the system computes, and taken through its steps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import step_forms
from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from reports.compute import cut_off_days
from reports.forms import ReturnForm, StepForm
from reports.models import ASKED, NUMBERS, Return, ReturnStep
from reports.national.lines import NAMES
from reports.returns import checks, life, services
from reports.returns.due import LEVELS, due_on, is_late
from reports.returns.life import Part, Step
from reports.views.reports import period_of
from schools import access
from schools.models import OrgUnit
from schools.periods import Period, PeriodKind, containing

DONE = {
    Step.ACCEPT: "已接收。",
    Step.SEND_BACK: "已退回，对方已收到消息。",
    Step.ASK_UNLOCK: "已申请开锁，等另一人同意。",
    Step.UNLOCK: "已开锁退回，对方已收到消息。",
    Step.KEEP_LOCKED: "已答复不同意开锁。",
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
    if row and row.is_imported:
        return False
    return is_late(unit.level, period, row.first_sent_on if row else None, today)


@login_required
@require_http_methods(["GET", "POST"])
def return_detail(request: SignedInRequest, code: str, period: str) -> HttpResponse:
    """One unit's return: what the system finds, what is asked, every step so far. 409 where it moved on meanwhile."""
    unit, reported = _unit(request.user, code), period_of(period)
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
    unit, reported = _unit(request.user, code), period_of(period)
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
        "warnings": checks.warnings(unit.level, row.answers, known, last) if row else [],
        "forms": _step_forms(unit, period, row, parts, sent_back) if row else [],
        "steps": row.steps.select_related("by") if row else [],
        "has_begun": today >= period.stated_days(cut_off_days(period))[0],
        "collects": unit.level != OrgUnit.Level.SCHOOL and access.can(request.user, "collect_returns", unit),
    }
    return render(request, "reports/return_detail.html", context, status=status)


def _step_forms(
    unit: OrgUnit, period: Period, row: Return, parts: list[Part], sent_back: StepForm | None
) -> list[step_forms.Entry]:
    """But for filling in and sending, which have a form of their own."""
    has_request = row.unlock_asked_by_id is not None
    steps = [step for part in parts for step in life.allowed(row.state, part, has_request=has_request)]
    return step_forms.entries(
        [step for step in dict.fromkeys(steps) if step in services.CARRY_OUT],
        make=lambda step: StepForm(step=step),
        sent_back=sent_back,
        label=lambda step: str(ReturnStep.Kind(step.value).label),
        url=lambda step: reverse("reports:return_step", args=[unit.code, period.code, step]),
    )


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
    return str(value) if ASKED[level][item] in NUMBERS else checks.YES_NO[bool(value)]


def _initial(level: str, row: Return | None, known: Any, last: dict[int, Any]) -> dict[str, Any]:
    """What is there already; else what the system finds of a school, and what an area said last."""
    fields = ASKED[level]
    if row:
        return {name: getattr(row, name) for name in fields.values()} | {"explanation": row.explanation}
    first, second = (known, last) if level == OrgUnit.Level.SCHOOL else (last, known)
    found = {name: first.get(item, second.get(item)) for item, name in fields.items()}
    return {name: value if name in NUMBERS or value is None else bool(value) for name, value in found.items()}


def _unit(user: User, code: str) -> OrgUnit:
    return access.get_visible(OrgUnit.objects.filter(level__in=LEVELS), user, code=code)


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
