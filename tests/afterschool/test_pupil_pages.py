"""The pages of a school's pupils: a class's week, adding, correcting, bringing in a workbook."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEntry
from afterschool.models import Enrolment, Pupil
from afterschool.roster_sheet import COLUMNS, SHEET, read
from paper.workbook import Sheet, write_workbook
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db
CLASS = "五年级1班"


def url(name, *args):
    return reverse(f"afterschool:{name}", args=args)


def text(response):
    return response.content.decode()


def code(world):
    return world.school.unit.code


def upload(client, world, *rows, **values):
    content = values.pop("content", None) or write_workbook([Sheet(SHEET, COLUMNS, rows)])
    file = SimpleUploadedFile("名单.xlsx", content)
    return client.post(url("pupil_import", code(world)), {"file": file, "first_day": "2026-10-14"})


def test_the_week_of_each_pupil(world, signed_in):
    group = make.group(world)
    make.enrolment(group, make.pupil(world, 1, name="李小明"))
    make.enrolment(group, make.pupil(world, 2, name="张小红"), first_day=dt.date(2026, 10, 20))
    make.pupil(world, 3, name="王小刚")
    response = signed_in("academic_office").get(url("pupil_list", code(world)))
    rows = {
        pupil.name: [[place.words for place in places] for places in week] for pupil, week in response.context["rows"]
    }
    everyday = [["16:00 五年级1班作业辅导"]] * 5
    assert rows == {"李小明": everyday, "张小红": everyday, "王小刚": [[]] * 5}
    assert "（10月20日起）" in text(response)
    assert "1名没有参加课后服务" in text(response)
    assert AuditEntry.objects.get(action="pupil.read_names").detail == {"pupils": 3}


def test_a_head_teacher_sees_her_class_only(world, signed_in):
    other = factories.ClassGroupFactory(school=world.school, number=2)
    make.pupil(world, 1, name="李小明")
    make.pupil(world, 2, name="张小红", class_group=other)
    page = text(signed_in("head_teacher").get(url("pupil_list", code(world)) + f"?class={other.pk}"))
    assert "李小明" in page
    assert "张小红" not in page


def test_a_pupil_is_added_and_moves_to_another_class(world, signed_in):
    other = factories.ClassGroupFactory(school=world.school, number=2)
    office = signed_in("academic_office")
    data = {"class_group": world.class_group.pk, "code": "20220101", "name": "李小明"}
    assert office.post(url("pupil_add", code(world)), data).status_code == 302
    pupil = Pupil.objects.get()
    assert office.post(url("pupil_edit", pupil.pk), data | {"class_group": other.pk}).status_code == 302
    pupil.refresh_from_db()
    assert (pupil.class_group, pupil.name) == (other, "李小明")


def test_a_pupil_whose_name_is_gone_has_no_page(world, signed_in):
    pupil = make.pupil(world, 1)
    Pupil.objects.filter(pk=pupil.pk).update(name="", code="", erased_at=dt.datetime(2026, 10, 1, tzinfo=dt.UTC))
    assert signed_in("academic_office").get(url("pupil_edit", pupil.pk)).status_code == 404


def test_a_workbook_is_looked_through_then_brought_in(world, signed_in):
    group = make.group(world)
    office = signed_in("academic_office")
    seen = upload(office, world, (CLASS, "1", "李小明", group.name), (CLASS, "2", "张小红", None))
    assert not Pupil.objects.exists()
    sealed = {"sealed": seen.context["sealed"]}
    for _ in range(2):
        assert office.post(url("pupil_import", code(world)), sealed).status_code == 302
    assert (Pupil.objects.count(), Enrolment.objects.get().first_day) == (2, dt.date(2026, 10, 14))


def test_wrong_rows_are_told_and_the_list_given_back_marked(world, signed_in):
    office = signed_in("academic_office")
    seen = upload(office, world, (CLASS, "1", "李小明", None), ("六年级9班", "2", "张小红", None))
    assert "没有“六年级9班”这个班" in text(seen)
    sealed = {"sealed": seen.context["sealed"]}
    given = office.post(url("pupil_import", code(world)), sealed | {"errors": "on"})
    assert [line.cells for line in read(given.content)] == [
        (CLASS, "1", "李小明", ""),
        ("六年级9班", "2", "张小红", ""),
    ]
    office.post(url("pupil_import", code(world)), sealed)
    assert not Pupil.objects.exists()


def test_what_was_looked_through_by_somebody_else_is_refused(world, signed_in):
    seen = upload(signed_in("academic_office"), world, (CLASS, "1", "李小明", None))
    sealed = seen.context["sealed"]
    for value in (sealed[:-2], ""):
        response = signed_in("academic_office").post(url("pupil_import", code(world)), {"sealed": value}, follow=True)
        assert "请重新上传文件" in text(response)
    outside = signed_in("outside_academic_office")
    response = outside.post(url("pupil_import", world.other_school.unit.code), {"sealed": sealed}, follow=True)
    assert "请重新上传文件" in text(response)
    assert not Pupil.objects.exists()


@pytest.mark.parametrize("content", [b"x", io.BytesIO().getvalue() or b"PK"])
def test_what_is_no_workbook_is_refused_in_words(world, signed_in, content):
    response = upload(signed_in("academic_office"), world, content=content)
    assert response.status_code == 422
    assert "另存为 .xlsx" in text(response)
