"""A workbook of pupils: what is wrong with which row, and all of it or nothing."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError

from afterschool.models import Enrolment, Pupil
from afterschool.roster_sheet import COLUMNS, MAX_ROWS, SHEET, Line, check, marked_workbook, read, template
from afterschool.services import roster_imports
from paper.workbook import Sheet, WorkbookError, sheet_titles, write_workbook
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY
CLASS = "五年级1班"
GROUP = "五年级1班作业辅导"


def lines(*cells):
    return [Line(number, (*row, "", "", "")[:4]) for number, row in enumerate(cells, 2)]


def workbook(*rows):
    return write_workbook([Sheet(SHEET, COLUMNS, rows)])


def found(world, *cells):
    return check(lines(*cells), school=world.school, first_day=TODAY)


def bring_in(world, *cells, **values):
    return roster_imports.bring_in(
        by=world.people["academic_office"], school=world.school, lines=lines(*cells), first_day=TODAY, **values
    )


def words(checked):
    return [(problem.line, problem.column, problem.message) for problem in checked.problems]


def test_the_workbook_is_read_as_it_was_typed():
    [line] = read(workbook((CLASS, "２０２２ 0101", "李小明", "合唱、乒乓球")))
    assert line == Line(2, (CLASS, "20220101", "李小明", "合唱、乒乓球"))


@pytest.mark.parametrize("rows", [[], [(CLASS, str(number), "学生", None) for number in range(MAX_ROWS + 1)]])
def test_an_empty_or_endless_workbook_is_refused(rows):
    with pytest.raises(WorkbookError):
        read(workbook(*rows))


def test_the_template_says_which_classes_and_groups_there_are(world):
    make.group(world)
    content = template(world.school, TODAY)
    assert sheet_titles(content) == [SHEET, "可填的班级和班组"]


def test_pupils_and_their_groups_come_in(world):
    group = make.group(world)
    chorus = make.group(
        world,
        worker=make.worker(world, "head_teacher"),
        name="合唱",
        weekly=make.weekly(*make.every_day(make.FIVE, make.SIX)),
    )
    done = bring_in(world, (CLASS, "1", "李小明", f"{GROUP}、合唱"), ("2022级1班", "2", "张小红"))
    assert (len(done.new), len(done.joining)) == (2, 2)
    assert set(Enrolment.objects.values_list("pupil__name", "group", "first_day", "last_day")) == {
        ("李小明", group.pk, TODAY, make.LAST_DAY),
        ("李小明", chorus.pk, TODAY, make.LAST_DAY),
    }
    assert Pupil.objects.get(code="2").class_group == world.class_group


def test_the_same_workbook_once_more_changes_nothing(world):
    make.group(world)
    rows = (CLASS, "1", "李小明", GROUP), (CLASS, "2", "张小红")
    bring_in(world, *rows)
    assert not found(world, *rows).brings_something
    bring_in(world, *rows)
    assert (Pupil.objects.count(), Enrolment.objects.count()) == (2, 1)


def test_a_known_code_corrects_name_and_class(world):
    pupil = make.pupil(world, code="1", listed_on=dt.date(2025, 9, 1))
    other = factories.ClassGroupFactory(school=world.school, number=2)
    bring_in(world, ("五年级2班", "1", "李晓明"))
    pupil.refresh_from_db()
    assert (pupil.name, pupil.class_group, pupil.listed_on) == ("李晓明", other, TODAY)


def test_each_wrong_row_is_told_by_line_and_column(world):
    make.group(world, capacity=1)
    make.group(world, worker=make.worker(world, "head_teacher"), name="合唱")
    make.group(world, worker=make.worker(world, "principal"), name="低年级", grades=[1])
    checked = found(
        world,
        (CLASS, "1", "李小明", GROUP),
        ("六年级9班", "2", "张小红"),
        (CLASS, "", "王小刚"),
        (CLASS, "1", "赵小兰"),
        (CLASS, "5", "钱小多", "篮球"),
        (CLASS, "6", "孙小小", GROUP),
        (CLASS, "7", "周小丽", f"合唱、{GROUP}"),
        (CLASS, "8", "吴小雨", "低年级"),
        (CLASS, "9" * 21, "郑小白"),
    )
    assert words(checked) == [
        (3, "班级", "没有“六年级9班”这个班，请照“可填的班级和班组”表填写。"),
        (4, "学号", "必填，不能空着。"),
        (5, "学号", "和第2行重复。一名学生只填一行，几个班组用“、”隔开。"),
        (6, "班组", "“篮球”：没有这个班组，或已经结束。"),
        (7, "班组", f"“{GROUP}”人数已满（上限1人）。"),
        (8, "班组", "周一16:00—17:00已在“合唱”（2026年10月14日—10月31日）。"),
        (9, "班组", "年级不对：“低年级”只收一年级。"),
        (10, "学号", "最多20个字符。"),
    ]


def test_one_wrong_row_keeps_all_out(world):
    make.group(world)
    with pytest.raises(ValidationError, match="请重新上传文件再看一遍"):
        bring_in(world, (CLASS, "1", "李小明", GROUP), (CLASS, "2", "张小红", "篮球"))
    assert not Pupil.objects.exists()


def test_a_form_sent_twice_is_carried_out_once(world):
    key = uuid.uuid4()
    assert bring_in(world, (CLASS, "1", "李小明"), key=key)
    assert bring_in(world, (CLASS, "1", "李小明"), key=key) is None


def test_the_rows_come_back_marked_and_can_be_sent_in_again(world):
    checked = found(world, (CLASS, "1", "李小明"), ("六年级9班", "2", "张小红"))
    assert [line.cells for line in read(marked_workbook(checked))] == [
        (CLASS, "1", "李小明", ""),
        ("六年级9班", "2", "张小红", ""),
    ]


def test_the_check_asks_as_often_for_many_rows_as_for_few(world, django_assert_num_queries):
    make.group(world, capacity=200)
    for rows in (1, 100):
        cells = [(CLASS, str(number), f"学生{number}", GROUP) for number in range(rows)]
        with django_assert_num_queries(4):
            found(world, *cells)
