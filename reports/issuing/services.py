"""A report's steps to its issue. Callers at the edge have checked whose duty a step is."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notifications import tell
from accounts.refusals import in_words
from accounts.services import audit
from paper.errors import PaperError
from paper.official import Head
from reports import documents
from reports.issuing import life
from reports.issuing.life import Step
from reports.issuing.particulars import Particulars, spaced
from reports.models import Report, ReportStep
from reports.services import put_files
from reports.snapshot import from_json
from schools.models import Posting, Role
from schools.models.people import Duty

# No character that is taken for another: neither 0 and O, nor 1, I and L.
CODE_CHARACTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12

NOT_NOW = "这份报告现在是“{}”，不能{}。请刷新页面看最新情况。"
NOT_HERSELF = {
    Step.CHECK: "这份报告是您送审的，不能自己审核。请换一位审核。",
    Step.ISSUE: "这份报告是您送审的，不能自己签发。请换一位签发。",
}


def send(*, by: User, report: Report, text: str = "") -> Report:
    """Up for review, with the figures as they stand."""
    return _step(report, Step.SEND, by, text)


def check(*, by: User, report: Report, text: str = "") -> Report:
    """Raises ValidationError with code "same_person" for whoever sent it; so does `issue`."""
    return _step(report, Step.CHECK, by, text)


def send_back(*, by: User, report: Report, text: str) -> Report:
    """With the reason, to be made or worded anew."""
    if not text.strip():
        raise ValidationError({"text": "请写明退回的原因，填表人看得到。"})
    return _step(report, Step.SEND_BACK, by, text)


@transaction.atomic
def issue(*, by: User, report: Report, address: Callable[[str], str], serial: str = "", text: str = "") -> Report:
    """Print it once more with its code and signers, and freeze it. `address` makes the code's public page.

    With a `serial` (发文字号) it gets a head. Raises ValidationError for one that is not in form, and with code "paper"
    where the document cannot be printed. Printing takes seconds.
    """
    locked = _locked(report)
    locked.state = _moved(locked, Step.ISSUE, by)
    locked.issued_by, locked.issued_at = by, timezone.now()
    locked.serial, locked.code = serial.strip(), new_code()
    try:
        files = documents.print_issued(from_json(locked.snapshot), particulars(locked, address(locked.code)))
    except PaperError as error:
        raise ValidationError(str(error), code="paper") from error
    put_files(locked, files)
    return _kept(locked, Step.ISSUE, by, text)


def tell_made(report: Report) -> None:
    """The makers at the unit, of a report that made itself and waits to be sent; once a version and state."""
    if report.state != Report.State.MADE:
        return
    text = f"{report.unit.name}{report.period.name}报告已生成，请核对后送审"
    tell(holders(report.unit_id, {Duty.MAKER}), key=f"report-made:{report.pk}", text=text, url=_url(report))


def new_code() -> str:
    """That nobody guesses: 59 bits."""
    return "".join(secrets.choice(CODE_CHARACTERS) for _ in range(CODE_LENGTH))


def particulars(report: Report, address: str) -> Particulars:
    """Of a report that is being issued; reads its three persons."""
    if not (report.sent_by and report.checked_by and report.issued_by and report.issued_at):
        raise ValueError(f"{report} is not issued.")
    return Particulars(
        code=spaced(report.code or ""),
        address=address,
        made_by=report.sent_by.name,
        checked_by=report.checked_by.name,
        issued_by=report.issued_by.name,
        at=report.issued_at,
        head=head_of(report),
    )


def bare(code: str) -> str:
    """As kept: what somebody typed, without spaces and dashes, in capitals."""
    return "".join(character for character in code.upper() if character in CODE_CHARACTERS)


def head_of(report: Report) -> Head | None:
    """None without a number. Raises ValidationError by the field for one that is not in form."""
    if not report.serial:
        return None
    try:
        return Head(f"{report.unit.name}教育局文件", report.serial)
    except ValidationError as error:
        raise ValidationError({"serial": error.messages}) from error


@transaction.atomic
def _step(report: Report, step: Step, by: User, text: str) -> Report:
    locked = _locked(report)
    locked.state = _moved(locked, step, by)
    if step == Step.SEND:
        locked.sent_by = by
    elif step == Step.CHECK:
        locked.checked_by = by
    else:
        locked.sent_by = locked.checked_by = None
    return _kept(locked, step, by, text)


def _locked(report: Report) -> Report:
    rows = Report.objects.select_related("unit", "sent_by", "checked_by")
    return rows.select_for_update(of=("self",)).get(pk=report.pk)


def _moved(report: Report, step: Step, by: User) -> str:
    moved = life.after(report.state, step)
    if moved is None:
        raise ValidationError(
            NOT_NOW.format(report.get_state_display(), ReportStep.Kind(step.value).label), code="state"
        )
    if step in life.NOT_BY_THE_MAKER and report.sent_by_id == by.pk:
        raise ValidationError(NOT_HERSELF[step], code="same_person")
    return moved.value


def _kept(report: Report, step: Step, by: User, text: str) -> Report:
    with in_words(report):
        report.save()
    ReportStep.objects.create(of=report, kind=step.value, by=by, text=text.strip()[:500])
    audit(
        by=by,
        action=f"report.{step}",
        subject=report,
        unit=report.unit.code,
        period=report.period.code,
        version=report.version,
    )
    _tell_next(report, step, by, text.strip())
    return report


def _tell_next(report: Report, step: Step, by: User, text: str) -> None:
    """Those whose turn it is now; of the issue, everybody with a duty in it."""
    turn = life.next_duty(report.state)
    duties = {turn} if turn else set(Duty)
    people = holders(report.unit_id, duties).exclude(pk=by.pk)
    words = {Step.SEND_BACK: f"被退回：{text}", Step.ISSUE: "已签发"}.get(step, f"等您{turn.label}" if turn else "")
    key = f"report:{report.pk}:{report.steps.count()}"
    tell(people, key=key, text=f"{report.unit.name}{report.period.name}报告{words}", url=_url(report))


def _url(report: Report) -> str:
    return reverse("reports:report_detail", args=[report.unit.code, report.period.code])


def holders(unit_id: int, duties: set[Duty]) -> QuerySet[User]:
    """Officers posted today at this very unit with one of the duties."""
    posted = Posting.objects.on(timezone.localdate()).filter(
        unit=unit_id, role=Role.OFFICER, duties__overlap=[duty.value for duty in duties]
    )
    return User.objects.filter(pk__in=posted.order_by().values("user"), is_active=True)
