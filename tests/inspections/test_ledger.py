"""The ledger: found by words and filters, acted on in bulk, taken away, kept under a name; and its sums."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from inspections import overview
from inspections.ledger import Asked, asked
from inspections.models import Finding, FindingStep, SavedFilter
from paper.workbook import Column, Kind, read_rows
from tests.fixtures import SHANGHAI
from tests.inspections import make

pytestmark = pytest.mark.django_db

URL = "/inspections/"
SEPTEMBER = dt.date(2026, 9, 28)


def listed(client, **said) -> list[str]:
    """What is found, in the order of the page."""
    return [finding.what for finding in client.get(URL, said).context["page"]]


@pytest.fixture
def ledger(world):
    """Four of the school: one overdue, one answered, one closed, one of the other kind; one of another county."""
    by, unit = world.people["supervisor"], world.school.unit
    people = {"owner": world.people["principal"], "overseer": by}
    return {
        "late": make.finding(
            by, unit, what="手机管理不严", category="phones", found_on=dt.date(2026, 9, 14), due_on=SEPTEMBER
        ),
        "new": make.finding(by, unit, what="公示栏内容不全", severity="grave"),
        "answered": make.brought_to("submitted", make.finding(by, unit, what="作业超量"), **people),
        "closed": make.brought_to("closed", make.finding(by, unit, what="图书角有教辅", category="reading"), **people),
        "elsewhere": make.finding(world.people["city_officer"], world.other_school.unit, what="课后服务时间不足"),
    }


def test_what_presses_stands_first_and_only_what_is_hers(ledger, signed_in):
    client = signed_in("county_officer")
    assert listed(client) == ["手机管理不严", "公示栏内容不全", "作业超量"]
    assert listed(client, shown="all")[-1] == "手机管理不严"
    assert len(listed(signed_in("city_officer"), shown="all")) == 5


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"shown": "overdue"}, ["手机管理不严"]),
        ({"shown": "submitted"}, ["作业超量"]),
        ({"shown": "closed"}, ["图书角有教辅"]),
        ({"shown": "all", "category": "reading"}, ["图书角有教辅"]),
        ({"severity": "grave"}, ["公示栏内容不全"]),
        ({"q": "手机"}, ["手机管理不严"]),
        ({"q": "公示栏"}, ["公示栏内容不全"]),
        ({"q": "机手"}, []),
        ({"since": "2026-10-01", "q": "实验小学"}, ["公示栏内容不全", "作业超量"]),
        ({"until": "2026-09-30"}, ["手机管理不严"]),
        ({"older": "20"}, ["手机管理不严"]),
        ({"again": "1"}, []),
        ({"source": "rule"}, []),
        ({"unit": "4199990000"}, []),
        (
            {"shown": "nonsense", "category": "x", "since": "2026-13-01", "unit": "a", "older": "-1", "q": "\x00手机"},
            ["手机管理不严"],
        ),
    ],
)
def test_the_address_says_what_is_shown(ledger, signed_in, said, found):
    assert listed(signed_in("county_officer"), **said) == found


def test_an_address_and_what_it_asks_are_one():
    want = Asked(q="公示", shown="overdue", unit="410000", since=dt.date(2026, 9, 1), older=30, again="1")
    said = dict(pair.split("=") for pair in want.query.split("&"))
    assert asked(said | {"q": "公示"}) == want
    assert Asked().query == ""


def test_in_bulk_each_is_done_or_refused_for_itself(world, ledger, signed_in):
    client = signed_in("county_officer")
    ticked = [finding.pk for finding in ledger.values()]  # one is of another county
    page = client.post("/inspections/ledger/act/", {"finding": ticked, "act": "remind"}, follow=True).content.decode()
    assert "已催办2个问题。" in page
    assert "1个没有催办：“待核查”的不用催办。" in page
    assert "1个没有催办：“已销号”的不用催办。" in page
    page = client.post("/inspections/ledger/act/", {"finding": ticked, "act": "remind"}, follow=True).content.decode()
    assert "2个没有催办：今天已经催办过。" in page
    assert FindingStep.objects.filter(kind="remind").count() == 2
    assert world.people["principal"].notifications.filter(text__startswith="催办：最晚").count() == 2


def test_in_bulk_the_verified_ones_are_closed(world, ledger, signed_in):
    people = {"owner": world.people["principal"], "overseer": world.people["supervisor"]}
    verified = make.brought_to("verified", make.finding(people["overseer"], world.school.unit), **people)
    ticked = {"finding": [verified.pk, ledger["new"].pk], "act": "close", "query": "shown=verified"}
    answer = signed_in("county_officer").post("/inspections/ledger/act/", ticked)
    assert answer.url == "/inspections/?shown=verified"
    assert set(Finding.objects.filter(pk__in=ticked["finding"]).values_list("state", flat=True)) == {"closed", "found"}


@pytest.mark.parametrize(
    "said", [{"act": "remind"}, {"act": "delete", "finding": ["1"]}, {"act": "close", "finding": ["x"]}]
)
def test_nothing_ticked_says_what_to_do(world, signed_in, said):
    page = signed_in("county_officer").post("/inspections/ledger/act/", said, follow=True).content.decode()
    assert "请先勾选问题，再点“催办”或“销号”。" in page


def test_the_workbook_holds_what_the_page_shows_and_is_written_down(world, ledger, signed_in):
    make.finding(world.people["supervisor"], world.school.unit, what='=HYPERLINK("http://x")')
    answer = signed_in("county_officer").get("/inspections/ledger.xlsx", {"q": "手机"})
    columns = [Column("what", "问题"), Column("due", "整改期限", Kind.DATE), Column("overdue", "超期")]
    (row,) = read_rows(answer.content, "问题台账", columns)
    assert row.values == {"what": "手机管理不严", "due": SEPTEMBER, "overdue": "是"}
    entry = AuditEntry.objects.get(action="ledger.export")
    assert entry.detail == {"query": "q=%E6%89%8B%E6%9C%BA", "rows": 1}
    whole = signed_in("county_officer").get("/inspections/ledger.xlsx")
    assert '=HYPERLINK("http://x")' in [row.values["what"] for row in read_rows(whole.content, "问题台账", columns)]


def test_a_filter_is_kept_under_a_name_for_its_owner(world, ledger, signed_in):
    client = signed_in("county_officer")
    client.post("/inspections/ledger/filters/", {"name": "手机超期", "query": "shown=overdue&category=phones"})
    page = client.post("/inspections/ledger/filters/", {"name": "手机超期", "query": ""}, follow=True)
    assert "您已有同名的筛选" in page.content.decode()
    saved = SavedFilter.objects.get()
    assert saved.query == "shown=overdue&category=phones"
    assert "手机超期" not in signed_in("city_officer").get(URL).content.decode()
    assert signed_in("county_officer").get(URL).content.decode().count("手机超期</a>") == 1


def test_the_page_asks_as_often_for_many_as_for_few(world, signed_in, django_assert_max_num_queries):
    client = signed_in("county_officer")
    for _ in range(20):
        make.finding(world.people["supervisor"], world.school.unit)
    with django_assert_max_num_queries(10):
        page = client.get(URL, {"q": "公示", "unit": world.county.code})
    assert len(page.context["page"].object_list) == 20
    for name in ("overview", "unvisited"):
        with django_assert_max_num_queries(14):
            client.get(reverse(f"inspections:{name}"))
    with django_assert_max_num_queries(12):
        client.get(reverse("inspections:unit_file", args=[world.school.unit.code]))


def test_the_sums_of_units_and_categories(world, ledger, clock):
    clock(dt.datetime(2026, 10, 24, 9, tzinfo=SHANGHAI))
    today, since = dt.date(2026, 10, 24), dt.date(2026, 8, 1)
    paths = [world.city.path_on(today)]
    rows = Finding.objects.inside(paths)
    east, west = sorted(overview.by_unit(rows, paths, today, since), key=lambda line: line.name)
    # Found ten days ago: two that are open; one forty days ago; 严重 has three school days.
    assert (east.name, east.ages, east.overdue, east.waiting, east.found, east.closed) == (
        "东县",
        [0, 2, 0, 1],
        2,
        1,
        4,
        1,
    )
    assert (west.name, west.ages, west.overdue) == ("西县", [0, 1, 0, 0], 0)
    assert overview.total([east, west]).open == 4
    phones = overview.by_category(rows, today, since)[-1]
    assert (phones.name, phones.ages) == ("五项管理：读物", [0, 0, 0, 0])
    # A county's are its schools.
    (school,) = overview.by_unit(rows.filter(owner=world.school.unit), [world.county.path_on(today)], today, since)
    assert school.name == "东县实验小学"


def test_the_median_of_days_to_the_closing(world, clock):
    by, unit = world.people["supervisor"], world.school.unit
    rows = Finding.objects.filter(owner=unit)
    assert overview.median_days(rows, dt.date(2026, 8, 1)) is None
    for day in (4, 10, 13, 14):  # closed on the 14th: after 10, 4, 1 and 0 days
        made = make.finding(by, unit, found_on=dt.date(2026, 10, day))
        make.brought_to("closed", made, owner=world.people["principal"], overseer=by)
    assert overview.median_days(rows, dt.date(2026, 8, 1)) == 2.5


def test_who_was_not_visited_this_term(world, signed_in):
    make.visit(world.people["city_officer"], world.school, day=dt.date(2026, 10, 2))
    make.visit(world.people["city_officer"], world.other_school, day=dt.date(2026, 9, 30))  # before the term
    page = signed_in("city_officer").get(reverse("inspections:unvisited")).content.decode()
    assert "西县实验小学" in page
    assert "2026年9月30日" in page
    assert "东县实验小学" not in page


def test_a_school_sees_its_own_file(world, ledger, signed_in):
    page = signed_in("principal").get(reverse("inspections:unit_file", args=[world.school.unit.code])).content.decode()
    assert "本学年发现4个、销号1个" in page
    other = reverse("inspections:unit_file", args=[world.other_school.unit.code])
    assert signed_in("principal").get(other).status_code == 404
