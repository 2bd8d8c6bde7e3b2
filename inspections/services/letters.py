"""Letters: written, put right while they are drafts, issued with the next number, read. Callers have checked roles."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.notifications import tell
from accounts.refusals import in_words, insert
from accounts.sent_forms import is_first
from accounts.services import audit
from inspections import people
from inspections.letters import printed
from inspections.models import Finding, Letter, LetterReading
from paper.pdf import require_printable
from schools.access import ROLES_FOR
from schools.models import OrgUnit, Posting

ISSUED = "这份文书已经签发，不能再改。需要更正的，另发一份。"


@transaction.atomic
def write(
    *,
    by: User,
    unit: OrgUnit,
    kind: str,
    addressee: OrgUnit | None,
    issuer: str,
    title: str,
    body: str,
    word: str,
    findings: Sequence[Finding] = (),
    key: uuid.UUID | None = None,
) -> Letter | None:
    """A draft. None where the form with this key was carried out before. Raises ValidationError."""
    if key and not is_first(by, key):
        return None
    letter = Letter(unit=unit, kind=kind, addressee=addressee, made_by=by)
    _put(letter, issuer, title, body, word)
    insert(letter)
    letter.findings.set(findings)
    audit(by=by, action="letter.write", subject=letter, path=_path(unit), kind=kind)
    return letter


@transaction.atomic
def change(*, by: User, letter: Letter, issuer: str, title: str, body: str, word: str) -> Letter:
    """Raises ValidationError: issued already (code "state"), or what cannot be printed."""
    locked = _draft(letter)
    _put(locked, issuer, title, body, word)
    with in_words(locked):
        locked.save(update_fields=["issuer", "title", "body", "word"])
    audit(by=by, action="letter.change", subject=locked, path=_path(locked.unit))
    return locked


def _put(letter: Letter, issuer: str, title: str, body: str, word: str) -> None:
    letter.issuer = "".join(issuer.split())
    letter.title, letter.body, letter.word = " ".join(title.split()), body.strip(), "".join(word.split())
    require_printable(issuer=letter.issuer, title=letter.title, body=letter.body, word=letter.word)
    letter.full_clean(validate_constraints=False)


@transaction.atomic
def issue(*, by: User, letter: Letter) -> Letter:
    """Give it the unit's next number of its kind and year, print it, freeze it, and tell those whom it concerns.

    Without a gap: one at a time, and what fails takes no number. Raises ValidationError: issued already.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"letters:{letter.unit_id}"])
    locked = _draft(letter)
    today = timezone.localdate()
    same = Letter.objects.filter(unit=locked.unit, kind=locked.kind, year=today.year)
    locked.year, locked.number = today.year, (same.aggregate(last=Max("number"))["last"] or 0) + 1
    locked.issued_by, locked.issued_on = by, today
    paper = printed(locked)
    locked.content, locked.sha256 = paper.content, paper.sha256
    locked.save()
    audit(by=by, action="letter.issue", subject=locked, path=_path(locked.unit), serial=locked.serial)
    _tell(locked)
    return locked


@transaction.atomic
def discard(*, by: User, letter: Letter) -> None:
    """A draft that is not needed. Raises ValidationError once it is issued."""
    locked = _draft(letter)
    audit(by=by, action="letter.discard", subject=locked, path=_path(locked.unit), title=locked.title)
    locked.delete()


@transaction.atomic
def confirm_reading(*, by: User, letter: Letter, unit: OrgUnit) -> None:
    """The receipt of the unit that it concerns; the first who confirms does it for the unit. Safe to repeat."""
    if not letter.is_issued:
        raise ValidationError("还没有签发。", code="state")
    _, is_new = LetterReading.objects.get_or_create(letter=letter, unit=unit, defaults={"user": by})
    if is_new:
        audit(by=by, action="letter.read", subject=letter, path=_path(unit))


def _draft(letter: Letter) -> Letter:
    locked = Letter.objects.select_related("unit", "addressee").select_for_update(of=("self",)).get(pk=letter.pk)
    if locked.is_issued:
        raise ValidationError(ISSUED, code="state")
    return locked


def _tell(letter: Letter) -> None:
    today = timezone.localdate()
    if letter.addressee_id:
        told = people.answering(letter.addressee_id, today)
    else:
        below = OrgUnit.objects.under(letter.unit, today).filter(level=OrgUnit.Level.SCHOOL)
        postings = Posting.objects.on(today).filter(unit__in=below, role__in=ROLES_FOR["answer_findings"])
        told = User.objects.filter(pk__in=postings.order_by().values("user"), is_active=True)
    url = reverse("inspections:letter_detail", args=[letter.pk])
    text = f"{letter.unit.name}发来{letter.get_kind_display()}（{letter.serial}）：{letter.title}。请阅读并确认。"
    tell(told, key=f"letter:{letter.pk}", text=text, url=url)


def _path(unit: OrgUnit) -> str:
    return unit.path_on(timezone.localdate())
