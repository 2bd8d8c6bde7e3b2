"""T1 to T10, T11's cases and T12 against values counted by hand, of a city's month and of its counties."""

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from reports import documents, training_tables
from reports.compute import compute
from reports.indicators import BY_CODE
from schools.periods import parse
from tests.fixtures import SHANGHAI
from tests.training import make
from training.services import arrangements, money, register, wrongdoing

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)
FROZEN = dt.date(2026, 9, 1)


@pytest.fixture
def month(world, clock):
    """East: six academic institutions in the baseline (five approved), of which one is closed and one converted within
    the month, one revoked after it, one suspended; one non-academic. West: one online, in its baseline."""
    clock(NOW)
    officer, west_officer = world.people["county_officer"], world.people["outside_officer"]
    good = {"model_contract": True, "guide_price": True, "prepaid_control": "custody", "on_platform": True}
    found = {"rest_days_found": True, "rest_days_cleared": True}
    one = make.institution(officer, world.county, "甲", registration="non_profit", **good, **found)
    make.institution(officer, world.county, "乙", rest_days_found=True)
    gone = make.institution(officer, world.county, "丙", **good, **found)
    turned = make.institution(officer, world.county, "丁")
    late = make.institution(officer, world.county, "戊", registration="non_profit", permit="none")
    resting = make.institution(officer, world.county, "己", **good)
    art = make.institution(officer, world.county, "少年宫艺术", subject="other", prepaid_control="deposit")
    online = make.institution(west_officer, world.other_county, "空中课堂", form="online", permit="filed")
    for by, county in ((officer, world.county), (west_officer, world.other_county)):
        register.freeze_baseline(by=by, county=county, day=FROZEN)
    for institution, step, day in (
        (gone, "close", dt.date(2026, 10, 8)),
        (turned, "convert", dt.date(2026, 10, 31)),
        (late, "revoke", dt.date(2026, 11, 1)),
        (resting, "suspend", dt.date(2026, 10, 9)),
    ):
        register.take_step(by=officer, institution=institution, step=step, day=day, reason="东教〔2026〕1号")
    register.take_step(by=west_officer, institution=online, step="approve", day=dt.date(2026, 11, 1))
    _money(officer, one, art)
    _wrongdoing(officer, west_officer, world)
    _arrangements(officer, west_officer, world)
    return world


def _money(officer, one, art) -> None:
    """Two accounts with a statement each, the one of the month and the other's last before it; a third without."""
    first = make.account(officer, one)
    make.statement(officer, first, ("2026-10-05", -60_000), ("2026-10-06", 1_000), opening=150_000)
    second = make.account(officer, art, kind="deposit", number_end="0034")
    make.statement(officer, second, ("2026-09-05", 40_000), opening=160_000)
    make.account(officer, art, kind="deposit", number_end="0056")
    contract = {"charged_by": "lessons", "paid_on": dt.date(2026, 9, 20), "first_day": dt.date(2026, 10, 1)}
    for number, lessons, cents, day in ((1, 60, 500_000, 10), (2, 61, 400_000, 10), (3, 60, 500_001, 31)):
        looked = {"number": f"HT-{number}", "lessons": lessons, "cents": cents, "looked_on": dt.date(2026, 10, day)}
        money.look_into_contract(by=officer, institution=art, **contract | looked)


def _wrongdoing(officer, west_officer, world) -> None:
    camp = make.violation(officer, world.county, kind="disguised", disguise="camp", officers=3)
    make.decided(officer, camp, clause="53-18", fine_cents=3_000_000, confiscated_cents=1_234_56)
    advert = make.violation(officer, world.county, kind="advertising", officers=2, found_on=dt.date(2026, 9, 30))
    make.decided(officer, advert, clause="handed-over")
    wrongdoing.publish(by=officer, violation=advert, day=dt.date(2026, 10, 25), where="官网")
    late = make.violation(west_officer, world.other_county, kind="disguised", disguise="care", officers=4)
    make.decided(west_officer, late, clause="53-18", decided_on=dt.date(2026, 11, 1), fine_cents=1_000_000)


def _arrangements(officer, west_officer, world) -> None:
    said = {"document": "东政办〔2026〕7号"}
    first = dt.date(2026, 9, 1)
    arrangements.arrange(by=officer, unit=world.county, kind="advertising", first_day=first, **said)
    ended = arrangements.arrange(by=west_officer, unit=world.other_county, kind="authority", first_day=first, **said)
    arrangements.end(by=west_officer, arrangement=ended, day=dt.date(2026, 10, 30))
    city = {"by": world.people["city_officer"], "unit": world.city}
    arrangements.arrange(**city, kind="authority", first_day=dt.date(2026, 10, 31), **said)
    arrangements.arrange(**city, kind="standards", first_day=dt.date(2026, 11, 1), **said)


def figures(snapshot) -> dict[str, str]:
    return {one.code: one.value for one in training_tables.figures(snapshot)}


def test_the_figures_of_a_month(month):
    assert figures(compute(month.city, parse("2026-10"), NOW)) == {
        "T1": "28.57%",  # 2 of 7: the revocation came after the last day
        "T1a": "40%",  # of the five that were approved: 甲乙丙丁己
        "T2": "50%",  # 甲 and 戊 of 甲乙戊己: who suspended is kept
        "T3": "0%",  # the one online institution was approved a day later
        "T4": "66.67%",
        "T5": "20%",  # 甲 of 甲乙戊, 少年宫 and 空中课堂
        "T6": "25%",
        "T7": "40%",
        "T7a": "25%",
        "T7b": "100%",
        "T8": "29.1",  # in 万元: 91,000 at the end of October, 200,000 at the end of September
        "T8a": "1",
        "T9": "2",
        "T10": "20%",
        "T11": "50%",
        "T11a": "1",
        "T12": "1",
        "T12a": "7",
        "T12b": "3.12",
        "T13": "0%",  # the west's was ended before the last day
        "T13a": "是",
        "T13b": "否",  # laid down a day later
    }


def test_the_counties_add_up_and_a_county_says_the_same_of_itself(month):
    city = compute(month.city, parse("2026-10"), NOW)
    table = training_tables.table(city)
    assert [(row.name, *row.counts, *(cell.text for cell in row.cells)) for row in (*table.rows, table.total)] == [
        ("东县", 4, 6, 2, 1, 2, 1, "33.33%", "50%"),
        ("西县", 1, 1, 0, 1, 0, 1, "0%", "0%"),
        ("合计", 5, 7, 2, 2, 2, 2, "28.57%", "40%"),
    ]
    county = compute(month.county, parse("2026-10"), NOW)
    assert training_tables.table(county) is None
    assert (figures(county)["T1"], figures(county)["T8"], figures(county)["T11"]) == ("33.33%", "29.1", "100%")
    assert "T13a" not in figures(county)


def test_a_half_month_states_what_the_national_form_asks(month):
    found = figures(compute(month.city, parse("2026-10-H2"), NOW))
    assert set(found) == {
        "T1",
        "T1a",
        "T2",
        "T3",
        "T4",
        "T5",
        "T6",
        "T7",
        "T7a",
        "T7b",
        "T11",
        "T11a",
        "T13",
        "T13a",
        "T13b",
    }


def test_the_figures_of_the_month_before_stand_beside_them(month):
    city = compute(month.city, parse("2026-10"), NOW)
    (reduction,) = [one for one in training_tables.figures(city) if one.code == "T1"]
    assert (reduction.previous, reduction.change) == ("0%", "上升28.57个百分点")


def test_the_paper_says_it_in_words(month):
    paper = documents.make_pdf(compute(month.city, parse("2026-10"), NOW), NOW)
    text = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages).split())
    assert "校外培训治理情况" in text
    assert "学科类机构基数7家，已压减2家（注销1家、转型1家、吊销0家），占基数的28.57%、占原审批机构数的40%" in text
    assert "查处隐形变异1起（夏令营1起）" in text
    assert "抽查合同3份，预收费超限2份" in text


def test_nothing_is_said_where_there_is_no_register(world, clock):
    clock(NOW)
    snapshot = compute(world.city, parse("2026-10"), NOW)
    assert training_tables.figures(snapshot) == []
    assert training_tables.table(snapshot) is None
    assert "T1" not in {one.code for one in snapshot.definitions}


def test_every_figure_of_training_is_in_the_catalogue():
    assert [code for code in BY_CODE if code.startswith("T")] == [
        *("T1", "T1a", "T2", "T3", "T4", "T5", "T6", "T7", "T7a", "T7b"),
        *("T8", "T8a", "T9", "T10", "T11", "T11a", "T12", "T12a", "T12b", "T13", "T13a", "T13b"),
    ]


def test_sums_are_added_to_the_last_fen(month):
    counts = compute(month.city, parse("2026-10"), NOW).counts
    assert (counts["watched_cents"], counts["penalty_cents"]) == (29_100_000, 3_123_456)
