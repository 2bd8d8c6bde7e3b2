"""I2 to I5, C1 and C2 against values counted by hand, of a city's month and of its counties."""

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from inspections.models import Complaint
from inspections.services import complaints, findings, letters
from reports import documents, oversight_tables, tables
from reports.compute import compute
from schools.periods import parse
from tests.fixtures import SHANGHAI
from tests.inspections import make

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)


def on(clock, day: int) -> None:
    clock(dt.datetime(2026, 10, day, 10, tzinfo=SHANGHAI))


@pytest.fixture
def month(world, clock):
    """East: findings closed in time, late and on the spot, one overdue, one that waits for its verifier, one that came
    back. West: one, due in November. Three visits, two letters, four complaints, of which three are closed."""
    east, west = world.school.unit, world.other_school.unit
    by, city = world.people["supervisor"], world.people["city_officer"]
    people = {"owner": world.people["principal"], "overseer": by}
    on(clock, 8)
    visit = make.visit(by, world.school, day=dt.date(2026, 10, 8), lessons_heard=2, books_read=30)
    due = {"found_on": dt.date(2026, 10, 8), "due_on": dt.date(2026, 10, 15)}
    in_time, late, answered, came_back = (
        make.finding(by, east, visit=visit, what=what, **due) for what in ("按期", "超期", "待核查", "复发")
    )
    make.finding(by, east, visit=visit, category="phones", on_the_spot="已改", **due)
    make.finding(by, east, what="一直没改", category="phones", **due)
    on(clock, 14)
    make.brought_to("closed", in_time, **people)
    make.brought_to("submitted", answered, **people)
    closed = make.brought_to("closed", came_back, **people)
    on(clock, 20)
    make.brought_to("closed", late, **people)
    findings.reopen(by=by, finding=closed, text="又来了", due_on=dt.date(2026, 11, 5))
    for _ in range(2):
        make.visit(city, world.other_school, day=dt.date(2026, 10, 20))
    make.finding(city, west, found_on=dt.date(2026, 10, 20), due_on=dt.date(2026, 11, 3))
    officer = world.people["county_officer"]
    for kind in ("advice", "urge"):
        letters.issue(by=officer, letter=make.letter(officer, world.county, east, kind=kind))
    make.letter(officer, world.county, east)  # a draft
    _complaints(world, clock, officer)
    clock(NOW)
    return world


def _complaints(world, clock, officer) -> None:
    on(clock, 8)
    made = [
        make.complaint(world.county, kind=kind, name="", phone="") for kind in ("fees", "parents", "service", "other")
    ]
    on(clock, 12)
    upheld = make.complaint_brought_to("replied", made[1], officer, outcome="partly")
    complaints.open_finding(
        by=officer, complaint=upheld, what="布置家长作业", demand="", severity="minor", category="homework"
    )
    complaints.close(by=officer, complaint=upheld)
    complaints.rate(complaint=upheld, satisfied=True)
    make.complaint_brought_to("rejected", made[3], officer)
    on(clock, 20)
    closed = make.complaint_brought_to("closed", made[0], officer)
    complaints.rate(complaint=closed, satisfied=False)
    complaints.link(by=officer, complaint=made[2], first=made[0])


def test_the_figures_of_a_month(month):
    snapshot = compute(month.city, parse("2026-10"), NOW)
    shown = {
        figure.code: (figure.parts, figure.value)
        for figure in (*oversight_tables.findings(snapshot), *oversight_tables.complaints(snapshot))
    }
    assert shown == {
        # Due in October: 按期, 超期, 待核查, the one on the spot, 一直没改; and 复发 is due in November now, as is the
        # one of the complaint (minor, found on the 12th: due on the 26th of October, not answered).
        "I2": ("3/6", "50%"),
        "I3": ("2/6", "33.33%"),
        "I3a": ("–", "2"),
        "I3b": ("1/4", "25%"),
        "I4": ("5/2", "2.5"),
        "I5": ("–", "1"),
        "C1": ("3/4", "75%"),
        # 4, 4 and 12 days.
        "C2": ("20/3", "6.7"),
        "C2a": ("1/4", "25%"),
        "C2b": ("1/2", "50%"),
    }
    assert [(row.name, row.found) for row in oversight_tables.categories(snapshot)] == [
        ("作业管理不精细", 6),
        ("五项管理：手机", 2),
    ]


def test_each_county_has_its_own(month):
    table = oversight_tables.table(compute(month.city, parse("2026-10"), NOW))
    assert {row.name: row.counts for row in table.rows} == {"东县": (7, 3, 1, 4), "西县": (1, 0, 2, 0)}
    assert table.total.counts == (8, 3, 3, 4)
    county = compute(month.county, parse("2026-10"), NOW)
    assert (county.counts["findings_found"], oversight_tables.table(county)) == (7, None)


def test_a_school_whose_parents_were_burdened_fails_item_three(month):
    snapshot = compute(month.city, parse("2026-10"), NOW)
    figure = next(one for one in tables.key_figures(snapshot) if one.code == "H7")
    assert (figure.numerator, figure.denominator) == (1, 2)
    assert Complaint.objects.filter(outcome="partly").exists()


def test_the_report_says_it_and_names_nobody(month):
    snapshot = compute(month.city, parse("2026-10"), NOW)
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(documents.make_pdf(snapshot, NOW).content)).pages
    )
    plain = "".join(text.split())
    assert "五、督导检查与问题整改情况" in plain
    assert "本期到校督导3次、2所学校，听课2节" in plain
    assert "六、群众举报办理情况" in plain
    assert "本期收到举报4件，已办结3件，办结率75%" in plain


def test_where_nothing_is_known_nothing_is_said(world):
    snapshot = compute(world.city, parse("2026-10"), NOW)
    assert not snapshot.has_oversight
    assert oversight_tables.findings(snapshot) == []
    assert not any(definition.code.startswith(("I", "C")) for definition in snapshot.definitions)
