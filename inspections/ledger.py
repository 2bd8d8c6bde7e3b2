"""The ledger (台账): which findings are asked for, and in which order they press."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from django.db.models import Count

from inspections import life
from inspections.models import Finding
from inspections.models.findings import FindingQuerySet
from schools.asked import one_of
from schools.models import OrgUnit

SHOWN = {"open": "未销号", "overdue": "超期", **dict(Finding.State.choices), "all": "全部"}
SOURCES = {"visit": "到校督导", "rule": "系统规则", "complaint": "举报查实", "other": "直接登记"}
LONGEST_TEXT = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; what it cannot mean is left out. Days are those of finding, both included."""

    q: str = ""
    shown: str = "open"
    category: str = ""
    severity: str = ""
    source: str = ""
    unit: str = ""  # a code: it and all below it
    since: dt.date | None = None
    until: dt.date | None = None
    older: int = 0  # found more than so many days ago
    again: str = ""  # "1": those that came back

    @property
    def query(self) -> str:
        """For an address: what differs from what is shown without any."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        plain = Asked()
        return urlencode({name: str(value) for name, value in said.items() if value != getattr(plain, name)})


def asked(said: Mapping[str, str]) -> Asked:
    return Asked(
        q=said.get("q", "").replace("\0", "").strip()[:LONGEST_TEXT],
        shown=one_of(said.get("shown", ""), SHOWN) or "open",
        category=one_of(said.get("category", ""), Finding.Category.values),
        severity=one_of(said.get("severity", ""), Finding.Severity.values),
        source=one_of(said.get("source", ""), SOURCES),
        unit=_digits(said.get("unit", "")),
        since=_day(said.get("since", "")),
        until=_day(said.get("until", "")),
        older=int(_digits(said.get("older", ""))[:4] or 0),
        again="1" if said.get("again") == "1" else "",
    )


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdecimal() and len(text) <= 20 else ""


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def counts(rows: FindingQuerySet, today: dt.date) -> dict[str, int]:
    """How many there are of each of SHOWN, whatever is shown now. Two queries."""
    by_state = dict(rows.order_by().values_list("state").annotate(count=Count("pk")))
    found = {state: by_state.get(state, 0) for state in Finding.State.values}
    closed = found[Finding.State.CLOSED]
    whole = sum(found.values())
    return found | {"open": whole - closed, "overdue": rows.overdue(today).count(), "all": whole}


def matching(rows: FindingQuerySet, want: Asked, today: dt.date) -> FindingQuerySet:
    """Those that the address asks for but for `shown`."""
    if want.unit:
        units = OrgUnit.objects.filter(code=want.unit).placed(today)
        paths = [unit.path for unit in units]  # type: ignore[attr-defined]
        rows = rows.inside(paths)
    plain = {"category": want.category, "severity": want.severity}
    rows = rows.filter(**{name: value for name, value in plain.items() if value})
    days = {"found_on__gte": want.since, "found_on__lte": want.until}
    rows = rows.filter(**{name: value for name, value in days.items() if value})
    if want.older:
        rows = rows.filter(found_on__lt=today - dt.timedelta(days=want.older))
    if want.again:
        rows = rows.filter(reopened__gt=0)
    if want.source:
        rows = rows.from_source(want.source)
    return rows.saying(want.q) if want.q else rows


def shown(rows: FindingQuerySet, want: Asked, today: dt.date) -> FindingQuerySet:
    """Open ones by their deadline, the others by the day they were found, the latest first."""
    if want.shown == "overdue":
        return rows.overdue(today).order_by("due_on", "pk")
    if want.shown == "open":
        return rows.open().order_by("due_on", "pk")
    if want.shown in life.OPEN:
        return rows.filter(state=want.shown).order_by("due_on", "pk")
    if want.shown == life.State.CLOSED:
        rows = rows.filter(state=want.shown)
    return rows.order_by("-found_on", "-pk")
