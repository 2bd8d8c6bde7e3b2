"""The national half-month form, entered from lists alone, against what a city published and one made to be odd."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from paper.workbook import Column, Sheet, write_workbook
from reports.models import Return
from reports.national.form import share
from reports.national.lines import GROUPS, LINES
from schools.models import OrgUnit, School
from tests.reports import lists
from training.models import BaselineEntry, Institution

pytestmark = pytest.mark.django_db

PUBLISHED = json.loads((Path(__file__).parent / "puyang-2021-09-26.json").read_text(encoding="utf8"))
PERIOD = "2021-09-H2"
YES = "是"


@pytest.fixture
def puyang(db, tmp_path):
    """9 counties, 926 schools, 118 offline academic institutions, as its form says."""
    counties = [f"4109{number:02d}" for number in range(1, 10)]
    schools = [f"4109{number:06d}" for number in range(926)]
    rows = [("市", "410900", "濮阳市", ""), *(("县", code, f"第{code}县", "410900") for code in counties)]
    rows += [("学校", code, f"第{n}小学", counties[n % 9]) for n, code in enumerate(schools)]
    lists.bring_in(tmp_path, "import_units", lists.table(lists.UNITS, rows))
    returns = lists.table(lists.SCHOOL_RETURNS, [(code, PERIOD, *[YES] * 5) for code in schools])
    lists.bring_in(tmp_path, "import_returns", returns, "gb18030")
    returns = lists.table(lists.COUNTY_RETURNS, [(code, PERIOD, YES, YES, 0, 0, 0, YES) for code in counties])
    lists.bring_in(tmp_path, "import_returns", returns, "utf-8-sig")
    institutions = [
        (
            *(lists.credit_code(n), f"第{n}培训学校", counties[n % 9], "学科", "线下", YES, "在营"),
            *("非营利" if n < 5 else "营利", "否", YES, YES, "否", "否", "否"),
        )
        for n in range(118)
    ]
    lists.bring_in(tmp_path, "import_institutions", lists.table(lists.INSTITUTIONS, institutions))
    return tmp_path


@pytest.mark.slow
def test_the_form_that_a_city_published(puyang):
    form = json.loads(lists.form("410900", PERIOD, puyang / "form.json", format="json", decimals=0))
    assert form["title"] == PUBLISHED["title"]
    assert form["basis"] == PUBLISHED["basis"]
    for item, published in zip(form["items"][:11], PUBLISHED["items"], strict=True):
        printed = item["declared"] or item["computed"]
        assert {"no": item["no"], "group": item["group"], "name": item["name"], **printed} == published
    # Nothing was kept in the system then: items 1 to 6 and 15 to 18 have no computed side, and 0 would be a lie.
    assert {item["no"] for item in form["items"] if item["computed"] is None} == {*range(1, 7), *range(15, 22)}
    assert (form["unit"], form["period"], form["cutoff"]) == ("濮阳市", PERIOD, "2021-09-30")
    pdf = lists.form("410900", PERIOD, puyang / "form.pdf", format="pdf", decimals=0)
    lines, notes = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for item in PUBLISHED["items"]:
        line = rf"^(?:.* )?{item['no']} ({re.escape(item['name'][:5])}.*)$"
        printed = re.search(line, lines, re.MULTILINE)[1].replace(" ", "")
        assert printed == f"{item['name']}{item['count']}{item['share']}"
    assert "应报936个单位，已报935个" in notes
    across = lists.form("410900", PERIOD, puyang / "form.pdf", format="pdf", decimals=0, across=True)
    page = PdfReader(io.BytesIO(across)).pages[0]
    assert page.mediabox.width > page.mediabox.height
    assert [line for line in page.extract_text().splitlines() if "第410901县" in line]


@pytest.fixture
def odd(db, tmp_path):
    """3 counties, 7 schools, one of them directly below the city; 9 institutions, 6 of them the basis."""
    rows = [
        ("市", "990000", "奇数市", ""),
        *(("县", code, name, "990000") for code, name in (("990001", "甲县"), ("990002", "乙县"), ("990003", "丙县"))),
        *(("学校", f"99000{n}0000", f"{n}小学", f"99000{n % 3 + 1}") for n in range(1, 7)),
        ("学校", "9900090000", "市直中学", "990000"),
    ]
    lists.bring_in(tmp_path, "import_units", lists.table(lists.UNITS, reversed(rows)))
    answers = ["是是是是是", "是否是是否", "否否是是否", "是是是否否", "是是是是是", "是是否是是", "是是是是是"]
    codes = [row[1] for row in rows if row[0] == "学校"]
    said = [(code, PERIOD, *answer) for code, answer in zip(codes, answers, strict=True)]
    lists.bring_in(tmp_path, "import_returns", lists.table(lists.SCHOOL_RETURNS, said))
    said = [
        ("990001", PERIOD, "是", "是", 4, 7, 3, "是"),
        ("990002", PERIOD, "是", "否", 1, 0, 0, "否"),
    ]
    lists.bring_in(tmp_path, "import_returns", lists.table(lists.COUNTY_RETURNS, said))
    city = lists.table(lists.CITY_RETURNS, [("990000", PERIOD, "是", "否")])
    lists.bring_in(tmp_path, "import_returns", city)
    every = ("是", "是", "是")
    institutions = [
        ("990001", "学科", "线下", "是", "在营", "非营利", "否", "是", "是", *every, ""),
        ("990001", "学科", "线下", "是", "注销", "非营利", "否", "是", "否", *every, "2021-09-20"),
        ("990002", "学科", "线下", "是", "注销", "营利", "否", "是", "是", *every, "2021-10-20"),
        ("990002", "学科", "线上", "是", "在营", "营利", "是", "否", "否", "否", "是", "是", ""),
        ("990002", "学科", "线上", "是", "停业", "营利", "是", "是", "否", *every, ""),
        ("990003", "学科", "线下", "是", "吊销", "营利", "否", "否", "否", *every, ""),
        ("990003", "学科", "线下", "否", "在营", "营利", "否", "是", "否", *every, ""),
        ("990003", "非学科", "线下", "否", "在营", "营利", "否", "否", "否", "是", "否", "是", ""),
        ("990001", "非学科", "线下", "否", "在营", "营利", "否", "否", "否", "是", "否", "否", ""),
    ]
    text = lists.table(
        f"{lists.INSTITUTIONS},状态日期",
        [(lists.credit_code(n) if n else "", f"第{n}机构", *row) for n, row in enumerate(institutions)],
    )
    lists.bring_in(tmp_path, "import_institutions", text)
    return tmp_path


def test_a_city_of_odd_numbers_to_two_decimals(odd):
    form = json.loads(lists.form("990000", PERIOD, odd / "form.json", format="json", decimals=2))
    assert form["basis"] == {
        "counties": 3,
        "schools": 7,
        "academic_institutions": {"total": 6, "online": 2, "offline": 4},
    }
    printed = {item["no"]: item["declared"] or item["computed"] for item in form["items"]}
    assert {no: (side.get("count"), side.get("share")) for no, side in printed.items() if no not in (19, 20)} == {
        1: (6, "85.71%"),
        2: (5, "71.43%"),
        3: (6, "85.71%"),
        4: (6, "85.71%"),
        5: (4, "57.14%"),
        6: (2, "66.67%"),  # the third county declared nothing
        7: (1, "16.67%"),  # the closed one is non-profit too, and not in operation
        8: (1, "16.67%"),  # the suspended one was approved too
        9: (2, "33.33%"),  # closed on the 20th, revoked; the one of October was still there
        10: (4, "66.67%"),  # the closed ones were found as well
        11: (2, "50%"),
        12: (2, "33.33%"),
        13: (3, "50%"),
        14: (5, "83.33%"),  # of 6 in operation, of every kind
        15: (1, "33.33%"),
        16: (5, None),
        17: (7, None),
        18: (3, "42.86%"),
        21: (1, "33.33%"),
    }
    assert (printed[19], printed[20]) == ({"value": "是"}, {"value": "否"})


def test_a_month_later_the_one_that_closed_since_is_gone_and_nothing_is_declared(odd):
    form = json.loads(lists.form("990000", "2021-10-H2", odd / "form.json", format="json", decimals=2))
    items = {item["no"]: item for item in form["items"]}
    assert items[9]["computed"] == {"count": 3, "share": "50%"}
    assert items[14]["computed"] == {"count": 4, "share": "80%"}
    assert [items[no]["declared"] for no in (1, 6, 19)] == [None, None, None]


def test_a_county_s_form_is_its_own(odd):
    form = json.loads(lists.form("990001", PERIOD, odd / "form.json", format="json", decimals=2))
    assert form["title"] == "甲县“双减”工作专项督导半月报"
    assert form["basis"]["counties"] == 1
    items = {item["no"]: item["declared"] or item["computed"] for item in form["items"]}
    assert items[6] == {"count": 1, "share": "100%"}
    assert items[1] == {"count": 1, "share": "50%"}
    assert items[19] is None  # the city's alone


def test_every_format(odd):
    text = lists.form("990000", PERIOD, odd / "form.csv", format="csv").decode("utf-8-sig")
    assert "课后服务开展情况,6,建立经费保障机制的县(市、区),2,66.67%,2,66.67%,," in text
    assert "基本情况,,义务教育学校总数,7,--,,,," in text
    assert lists.form("990000", PERIOD, odd / "form.xlsx", format="xlsx").startswith(b"PK")
    assert lists.form("990000", PERIOD, odd / "form.pdf", format="pdf", across=True).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("count", "whole", "decimals", "printed"),
    [
        (5, 118, 0, "4%"),
        (0, 118, 2, "0"),
        (118, 118, 2, "100%"),
        (0, 0, 2, None),
        (1, 8, 2, "12.5%"),
        (1, 8, 0, "13%"),
        (1, 40, 1, "2.5%"),
        (925, 926, 0, "99%"),
        (1, 926, 0, "1%"),
        (99_999, 100_000, 2, "99.99%"),
    ],
)
def test_how_a_share_is_printed(count, whole, decimals, printed):
    assert share(count, whole, decimals) == printed


def test_the_form_has_21_lines_in_8_groups():
    assert [line.no for line in LINES] == list(range(1, 22))
    assert len(GROUPS) == 8


@pytest.mark.parametrize(
    ("command", "text", "words"),
    [
        ("import_units", "级别,代码,名称,上级代码\n省,410000,河南省,\n", "级别应填“市”“县”或“学校”"),
        ("import_units", "级别,代码,名称,上级代码\n学校,4100000001,一小,419999\n", "没有代码为“419999”的上级单位"),
        ("import_units", "级别,代码\n市,410000\n", "缺少列：名称、上级代码"),
        ("import_units", '级别,代码,名称,上级代码\n市,"410000,市,\n', "引号不成对"),
        ("import_returns", "代码,期次\n1,2\n", "认不出是哪一级的上报"),
        ("import_returns", f"{lists.CITY_RETURNS}\n990000,2021-13-H9,是,是\n", "没有“2021-13-H9”这样的期次"),
        ("import_returns", f"{lists.CITY_RETURNS}\n990000,{PERIOD},是,是\n", "奇数市2021年9月下半月的上报已经有了"),
        ("import_returns", f"{lists.CITY_RETURNS}\n990000,2021-10-H1,对,是\n", "应填“是”或“否”，现在是“对”"),
        (
            "import_returns",
            f"{lists.COUNTY_RETURNS}\n990001,2021-10-H1,是,是,1,2,3,是\n",
            "办结的线索不能多于线索总数",
        ),
        (
            "import_returns",
            f"{lists.SCHOOL_RETURNS}\n9900010000,2021-10-H1,是,是,是,否,是\n",
            "没有提供课后服务的，服务时间不能填达标",
        ),
        (
            "import_institutions",
            f"{lists.INSTITUTIONS}\n,甲,990001,学科,线下,是,在营,营利,否,否,否,否,否,否\n",
            "甲县的压减基数已经锁定",
        ),
        (
            "import_institutions",
            f"{lists.INSTITUTIONS}\n91410900MA00000011,甲,990001,学科,线下,否,在营,营利,否,否,否,否,否,否\n",
            "校验位不对",
        ),
    ],
)
def test_a_list_with_a_fault_is_refused_whole(odd, command, text, words):
    before = (OrgUnit.objects.count(), Return.objects.count(), Institution.objects.count())
    with pytest.raises(CommandError, match=words):
        lists.bring_in(odd, command, text)
    assert (OrgUnit.objects.count(), Return.objects.count(), Institution.objects.count()) == before


def test_one_good_line_beside_a_bad_one_is_not_brought_in(odd):
    text = f"{lists.CITY_RETURNS}\n990000,2021-10-H1,是,是\n990009,2021-10-H1,是,是\n"
    with pytest.raises(CommandError, match="第 3 行：没有代码为“990009”的市。\n一行也没有导入"):
        lists.bring_in(odd, "import_returns", text)
    assert Return.objects.filter(level="city").count() == 1


def test_a_list_brought_in_again_changes_nothing(odd):
    text = "级别,代码,名称,上级代码\n市,990000,奇数市,\n县,990004,丁县,990000\n"
    assert lists.bring_in(odd, "import_units", text) == "已导入1个单位。\n"
    assert lists.bring_in(odd, "import_units", text) == "已导入0个单位。\n"
    with pytest.raises(CommandError, match="代码“990004”已是县（市、区）“丁县”，与这一行不同"):
        lists.bring_in(odd, "import_units", text.replace("丁县", "戊县"))


def test_a_workbook_is_read_as_well_as_csv(odd):
    columns = [Column(name, name) for name in lists.UNITS.split(",")]
    book = write_workbook(
        [Sheet("名单", columns, [("县", "990005", "己县", "990000"), ("学校", "9900980000", "己县中学", "990005")])]
    )
    path = odd / "units.xlsx"
    path.write_bytes(book)
    call_command("import_units", str(path), stdout=io.StringIO())
    assert School.objects.get(unit__code="9900980000").stage == School.Stage.JUNIOR


def test_a_file_that_is_not_there_is_said(odd):
    with pytest.raises(CommandError, match="读不了"):
        call_command("import_returns", str(odd / "none.csv"))


def test_the_imported_are_accepted_and_frozen(odd):
    assert set(Return.objects.values_list("state", "is_imported")) == {("accepted", True)}
    assert BaselineEntry.objects.count() == 6


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"period": "2021-09"}, "“2021-09”不是半月"),
        ({"period": "2021-09-H3"}, "没有“2021-09-H3”这样的期次"),
        ({"period": "2031-09-H1"}, "还没有开始"),
        ({"unit": "9900010000"}, "没有半月报，只有市和县"),
    ],
)
def test_a_form_of_nonsense_is_refused(odd, values, words):
    with pytest.raises(CommandError, match=words):
        lists.form(**{"unit": "990000", "period": PERIOD, "out": odd / "form.json", "format": "json"} | values)
