"""The board on paper: posters of a class and of a grade, sheets for the doors."""

import datetime as dt
import io
import re

import pytest
from django.urls import reverse
from pypdf import PdfReader

from homework import services
from tests import factories as make

pytestmark = pytest.mark.django_db

LONG = "抄写第三单元生字，每个两遍，组词一个；" * 25  # 475 characters


def pages(response):
    """The text of each page, without line ends."""
    assert response.headers["Content-Type"] == "application/pdf"
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(response.content)).pages]


def class_poster(world, query=""):
    return reverse("homework:class_poster", args=[world.class_group.pk]) + query


def grade_poster(world, grade=5):
    return reverse("homework:grade_poster", args=[world.school.unit.code, grade])


@pytest.fixture
def posted(world):
    return make.ItemFactory(by=world.teacher, class_group=world.class_group, content="背诵第三段")


def test_a_class_s_poster_is_one_sheet_with_its_address(signed_in, world, posted):
    response = signed_in("head_teacher").get(class_poster(world))
    (sheet,) = pages(response)
    for words in ("五年级1班作业公示", "东县实验小学", "2026年10月14日", "语文", "背诵第三段", "约20分钟", "限60分钟"):
        assert words in sheet
    assert "未公示：数学" in sheet
    assert world.class_group.board_key in sheet
    assert "第1页，共1页" in sheet


def test_a_long_day_goes_on_to_further_sheets_and_loses_nothing(signed_in, world):
    for number, layer in enumerate(["basic", "extended", "all"]):
        make.ItemFactory(class_group=world.class_group, content=f"{number}{LONG}", layer=layer, kind="oral")
    sheets = pages(signed_in("academic_office").get(class_poster(world)))
    assert len(sheets) == 3
    whole = "".join(sheets)
    assert whole.count("词") == 3 * 25
    assert "拓展" in whole


def test_no_person_stands_on_a_poster(signed_in, world, posted):
    (sheet,) = pages(signed_in("academic_office").get(class_poster(world)))
    assert not [person.name for person in world.people.values() if person.name in sheet]


def test_what_is_not_public_yet_is_not_printed(signed_in, world, clock):
    services.set_cut_off(by=None, unit=world.school.unit, first_day=make.MONDAY, until=dt.time(18), reviewed_first=True)
    make.ItemFactory(class_group=world.class_group, content="背诵第三段")
    (sheet,) = pages(signed_in("academic_office").get(class_poster(world)))
    assert "背诵第三段" not in sheet
    assert "还没有公示" in sheet


def test_a_grade_s_poster_cuts_no_class_in_two(signed_in, world):
    """Twelve classes of some height each: each class's block stands on one page, from its name to its sum."""
    groups = [make.ClassGroupFactory(school=world.school, number=number) for number in range(2, 13)]
    groups.append(world.class_group)
    for group in groups:
        for name in ("语文", "数学", "英语"):
            content = f"{name}{group.number}始{LONG[:55]}终"
            make.ItemFactory(class_group=group, subject=make.subject(name), minutes=15, content=content)
    sheets = pages(signed_in("academic_office").get(grade_poster(world)))
    assert len(sheets) == 3
    for group in groups:
        (sheet,) = [sheet for sheet in sheets if f"五年级{group.number}班" in sheet]
        for name in ("语文", "数学", "英语"):
            assert f"{name}{group.number}始" in sheet
    whole = "".join(sheets)
    assert whole.count("终") == 12 * 3
    assert whole.count("书面作业共45分钟") == 12


def test_a_class_longer_than_a_page_is_printed_whole(signed_in, world):
    for number in range(1, 9):
        make.ItemFactory(class_group=world.class_group, content=f"第{number}项{LONG}", kind="reading")
    sheets = pages(signed_in("academic_office").get(grade_poster(world)))
    whole = "".join(sheets)
    assert whole.count("词") == 8 * 25
    assert len(sheets) == 3
    assert "五年级1班" in sheets[0]


def test_only_the_grade_s_classes_are_on_its_poster(signed_in, world, posted):
    make.ClassGroupFactory(school=world.school, number=1, entry_year=2023, first_day=dt.date(2023, 9, 1))
    (sheet,) = pages(signed_in("principal").get(grade_poster(world)))
    assert "五年级1班" in sheet
    assert "四年级" not in sheet
    assert signed_in("principal").get(grade_poster(world, 3)).status_code == 404


@pytest.mark.parametrize("query", ["?day=2026-10-11", "?day=2026-10-15", "?day=x", "?day=%00"])
def test_a_day_without_school_has_no_poster(signed_in, world, query):
    assert signed_in("academic_office").get(class_poster(world, query)).status_code == 404


def test_a_character_that_no_font_has_is_said_and_nothing_is_printed(signed_in, world):
    make.ItemFactory(class_group=world.class_group, content="背诵\U0001f9ff")
    response = signed_in("academic_office").get(class_poster(world), follow=True)
    assert "现有字体打不出" in response.content.decode()


def test_each_door_has_a_sheet_of_its_own(signed_in, world):
    other = make.ClassGroupFactory(school=world.school, number=2)
    url = reverse("homework:board_door_sheets", args=[world.school.unit.code])
    first, second = pages(signed_in("academic_office").get(url))
    assert "五年级1班" in first
    assert world.class_group.board_key in first
    assert other.board_key in second
    (own,) = pages(signed_in("teacher").get(url))  # she teaches in one class only
    assert "五年级1班" in own
