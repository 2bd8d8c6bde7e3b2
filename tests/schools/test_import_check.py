"""The dry run: every bad row is named with its reason, and nothing is written."""

import pytest

from accounts.models import User
from schools.imports.check import check
from schools.imports.read import read
from schools.models import ClassGroup, OrgUnit, Role, Staff
from tests import factories as make
from tests.factories import TODAY
from tests.schools.workbooks import a_county, workbook

ALL_ROLES = frozenset({Role.TEACHER, Role.ACADEMIC_OFFICE, Role.PRINCIPAL})


def problems(content: bytes, path: str, roles: frozenset[Role] = ALL_ROLES) -> list[tuple[str, int, str, str]]:
    plan = check(read(content), path=path, today=TODAY, roles=roles)
    return [(found.sheet, found.line, found.column, found.message) for found in plan.problems]


@pytest.fixture
def county(db) -> OrgUnit:
    return make.CountyFactory(parent=make.CityFactory(code="410900"), code="410901")


@pytest.fixture
def school(county):
    """A six-year primary school whose class 2 of grade 5 has 李一 (工号 001) as its teacher of Chinese."""
    school = make.SchoolFactory(parent=county, code="4109010001", name="老区小学")
    staff = make.StaffFactory(school=school, name="李一", staff_no="001", phone="13811111111")
    class_group = make.ClassGroupFactory(school=school, number=2)
    make.TeachingFactory(class_group=class_group, teacher=staff.user)
    return school


def test_a_good_workbook_has_no_problems_and_writes_nothing(county):
    before = OrgUnit.objects.count()
    assert problems(workbook(**a_county("410900")), "/410900/") == []
    assert (OrgUnit.objects.count(), Staff.objects.count(), ClassGroup.objects.count()) == (before, 0, 0)


UNIT = ("4109010009", "新小学", "学校", "410901", "2022-09-01", "小学")
PERSON = ("4109010001", "009", "周九", None, "教师")
GROUP = ("4109010001", "2026", "五年级", 3, 40)
LESSON = ("4109010001", "2026", "五年级", 2, "语文", "001")


def put(row: tuple, **columns: object) -> tuple:
    """`row` with cells changed by their position, as c2="…"."""
    cells = list(row) + [None] * 9
    for name, value in columns.items():
        cells[int(name[1:])] = value
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


@pytest.mark.parametrize(
    ("sheet", "rows", "line", "column", "words"),
    [
        # 单位
        ("units", [put(UNIT, c2="村")], 2, "级别", "没有“村”"),
        ("units", [put(UNIT, c2="县")], 2, "级别", "之下不能设"),
        ("units", [put(UNIT, c3="410999")], 2, "上级代码", "没有代码为“410999”"),
        ("units", [UNIT, put(UNIT, c1="另一所")], 3, "代码", "与第2行重复"),
        ("units", [put(UNIT, c0="4109010009.0")], 2, "代码", "不要有小数点"),
        ("units", [put(UNIT, c4="二〇二二年秋")], 2, "开办日期", "应填日期"),
        ("units", [put(UNIT, c4="2019-09-01")], 2, "开办日期", "不能早于上级单位"),
        ("units", [put(UNIT, c4=None)], 2, "开办日期", "新单位要填"),
        ("units", [put(UNIT, c5=None)], 2, "学段", "学校要填学段"),
        ("units", [put(UNIT, c5="高中")], 2, "学段", "没有“高中”"),
        ("units", [put(UNIT, c1=None)], 2, "名称", "必填"),
        ("units", [put(UNIT, c0="4109010001", c5="初中")], 2, "学段", "已有班级"),
        ("units", [put(UNIT, c0="410901", c3="410900")], 2, "上级代码", "不在您的管理范围内"),
        # 教职工
        ("staff", [put(PERSON, c0="4109990001")], 2, "学校代码", "没有代码为“4109990001”的学校"),
        ("staff", [put(PERSON, c3="1380000")], 2, "手机号", "应是11位手机号"),
        ("staff", [put(PERSON, c3="13811111111")], 2, "手机号", "已登记在另一个姓名下"),
        ("staff", [put(PERSON, c2="李一", c3="13811111111")], 2, "工号", "已有另一个工号"),
        ("staff", [PERSON, PERSON], 3, "工号", "与第2行重复"),
        ("staff", [put(PERSON, c3="13800000009"), put(PERSON, c1="010", c3="13800000009")], 3, "手机号", "重复"),
        ("staff", [put(PERSON, c4="局长")], 2, "角色", "没有“局长”"),
        ("staff", [put(PERSON, c1="9" * 21)], 2, "工号", "最多20个字"),
        # 班级
        ("classes", [put(GROUP, c2="七年级")], 2, "年级", "没有七年级"),
        ("classes", [put(GROUP, c4=151)], 2, "在籍人数", "应在0到150之间"),
        ("classes", [put(GROUP, c4="四十")], 2, "在籍人数", "应填整数"),
        ("classes", [put(GROUP, c3=0)], 2, "班号", "应在1到99之间"),
        ("classes", [put(GROUP, c1="2020")], 2, "学年", "前后一年"),
        ("classes", [GROUP, GROUP], 3, "班号", "与第2行是同一个班"),
        ("classes", [put(GROUP, c5="777")], 2, "班主任工号", "没有工号“777”"),
        # 任课
        ("teachings", [put(LESSON, c4="奥数")], 2, "学科", "没有“奥数”这个学科"),
        ("teachings", [put(LESSON, c3=9)], 2, "班号", "没有2026学年五年级9班"),
        ("teachings", [put(LESSON, c5="777")], 2, "教师工号", "没有工号“777”"),
        ("teachings", [put(LESSON, c6="2019-09-01")], 2, "起始日期", "不能早于开班日期"),
        ("teachings", [LESSON, LESSON], 3, "教师工号", "与第2行重复"),
    ],
)
def test_a_bad_row_is_named_with_its_reason(school, sheet, rows, line, column, words):
    [found] = problems(workbook(**{sheet: rows}), "/410900/410901/")
    assert found[1:3] == (line, column)
    assert words in found[3]


def test_a_row_outside_the_importers_scope_is_refused(school):
    other = make.SchoolFactory(parent=make.CountyFactory(code="410902"), code="4109020001", name="邻县小学")
    [found] = problems(workbook(staff=[put(PERSON, c0=other.unit.code)]), "/410900/410901/")
    assert "不在您的管理范围内" in found[3]


def test_an_academic_office_brings_in_no_units_and_appoints_teachers_only(school):
    content = workbook(units=[UNIT], staff=[put(PERSON, c4="校长")])
    found = problems(content, school.unit.path_on(TODAY), frozenset({Role.TEACHER}))
    assert [(sheet, column) for sheet, _, column, _ in found] == [("单位", "上级代码"), ("教职工", "角色")]


def test_nobody_is_in_post_at_two_schools(school, county):
    other = make.SchoolFactory(parent=county, code="4109010002", name="另一小学")
    rows = [("4109010002", "101", "吴新", "13822222222"), ("4109010001", "102", "吴新", "13822222222")]
    [in_file] = problems(workbook(staff=rows), "/410900/")
    assert "同一人不能同时在两所学校在岗" in in_file[3]
    make.StaffFactory(school=other, name="郑职", phone="13833333333")
    [in_database] = problems(workbook(staff=[put(PERSON, c2="郑职", c3="13833333333")]), "/410900/")
    assert "另一小学还有岗位" in in_database[3]


def test_the_name_of_somebody_with_a_higher_post_is_not_changed(school, county):
    make.PostingFactory(user=User.objects.get(phone="13811111111"), unit=county)
    [found] = problems(workbook(staff=[("4109010001", "001", "李改名")]), "/410900/410901/")
    assert "不能由导入修改" in found[3]


def test_whatever_depends_on_a_bad_row_is_bad_too(county):
    rows = a_county("410900")
    rows["units"][0] = put(rows["units"][0], c5="大学")
    found = problems(workbook(**rows), "/410900/")
    assert [sheet for sheet, *_ in found] == ["单位", "教职工", "教职工", "班级", "班级", "任课", "任课"]


def test_codes_typed_as_numbers_are_read(school):
    assert problems(workbook(staff=[(4109010001, 9, "周九", 13800000009)]), "/410900/410901/") == []


def test_the_check_takes_no_more_queries_for_more_rows(county, django_assert_max_num_queries):
    rows = a_county("410900")
    rows["staff"] += [("4109710001", f"{n:04}", f"教师{n}", f"137{n:08}") for n in range(300)]
    with django_assert_max_num_queries(14):
        assert problems(workbook(**rows), "/410900/") == []
