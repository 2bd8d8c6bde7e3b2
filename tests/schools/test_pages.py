"""The pages of schools, classes, the calendar and imports, through the client."""

import datetime as dt
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import Job
from schools import tasks
from schools.models import CalendarChange, ClassGroup, ImportBatch, OffWorkTime, Term
from tests import factories as make
from tests.factories import MONDAY, TODAY
from tests.schools.workbooks import workbook


def test_the_list_shows_the_schools_in_scope_with_their_counts(world, client, signed_in):
    signed_in("county_officer")
    text = client.get(reverse("schools:school_list")).text
    assert "东县实验小学" in text and "西县实验小学" not in text
    [school] = client.get(reverse("schools:school_list")).context["page"]
    assert (school.class_count, school.pupil_count, school.above) == (1, 40, "东县")


def test_the_list_is_searched_by_name_code_and_stage(world, client, signed_in):
    signed_in("city_officer")
    url = reverse("schools:school_list")
    for query, found in (
        ({"q": "西县"}, ["西县实验小学"]),
        ({"q": world.school.unit.code}, ["东县实验小学"]),
        ({"stage": "junior"}, []),
    ):
        assert [str(school) for school in client.get(url, query).context["page"]] == found


def test_the_list_takes_the_same_queries_for_more_schools(world, client, signed_in, django_assert_num_queries):
    signed_in("county_officer")
    for _ in range(8):
        make.ClassGroupFactory(school=make.SchoolFactory(parent=world.county))
    with django_assert_num_queries(7):  # session, user, postings, unread, count, schools, classes
        client.get(reverse("schools:school_list"))


def test_a_school_shows_its_classes_and_teachers_in_the_same_queries_for_more(
    world, client, signed_in, django_assert_num_queries
):
    signed_in("academic_office")
    for number in range(2, 12):
        group = make.ClassGroupFactory(school=world.school, number=number)
        make.TeachingFactory(class_group=group, teacher=world.teacher)
    with django_assert_num_queries(11):
        text = client.get(reverse("schools:school_detail", args=[world.school.pk])).text
    assert "五年级1班" in text and "王语文" in text and "赵数学" in text


def test_a_class_is_opened_from_the_schools_page_and_not_twice(world, client, signed_in):
    signed_in("academic_office")
    url = reverse("schools:class_open", args=[world.school.pk])
    given = {"grade": "3", "number": "2", "pupils": "41", "first_day": "2026-10-12"}
    assert client.post(url, given).status_code == 302
    assert ClassGroup.objects.get(number=2).entry_year == 2024
    refused = client.post(url, given)
    assert refused.status_code == 422 and "已经存在" in refused.text


def test_a_class_is_changed_on_its_page(world, client, signed_in):
    signed_in("academic_office")
    staff = make.StaffFactory(school=world.school, name="吴新来")

    def change(what: str, **values: object) -> int:
        url = reverse("schools:class_change", args=[world.class_group.pk, what])
        return client.post(url, {f"{what}-{name}": value for name, value in values.items()}).status_code

    assert change("size", pupils=45, first_day="2026-10-12") == 302
    assert change("head-teacher", staff=staff.pk, first_day="2026-10-12") == 302
    assert change("teaching", subject=world.subject.pk, staff=staff.pk, first_day="2026-10-12") == 302
    text = client.get(reverse("schools:class_detail", args=[world.class_group.pk])).text
    assert "吴新来" in text and "45" in text
    assert change("close", last_day="2026-10-14") == 302
    world.class_group.refresh_from_db()
    assert world.class_group.last_day == TODAY
    assert not world.class_group.teachings.filter(last_day=None).exists()
    assert change("sack", last_day="2026-10-14") == 404


def test_a_teacher_of_another_school_cannot_be_chosen(world, client, signed_in):
    signed_in("academic_office")
    stranger = make.StaffFactory(school=world.other_school)
    url = reverse("schools:class_change", args=[world.class_group.pk, "head-teacher"])
    response = client.post(url, {"head-teacher-staff": stranger.pk, "head-teacher-first_day": "2026-10-12"})
    assert response.status_code == 422


def test_the_calendar_shows_and_changes_a_day(world, client, signed_in):
    signed_in("academic_office")
    text = client.get(reverse("schools:calendar")).text
    assert "国庆节" in text and "调休上班" in text and "暂定" not in text
    given = {"unit": world.school.pk, "day-day": "2026-10-12", "day-teaches": "no", "day-reason": "运动会"}
    assert client.post(reverse("schools:day_change"), given).status_code == 302
    assert "运动会" in client.get(reverse("schools:calendar")).text
    assert not world.school.days.held().filter(day=MONDAY).exists()
    change = CalendarChange.objects.get()
    client.post(reverse("schools:day_change_back", args=[change.pk]))
    assert world.school.days.held().filter(day=MONDAY).exists()


def test_a_county_sets_its_term_and_off_work_time(world, client, signed_in):
    signed_in("county_officer")
    term = {
        "unit": world.county.pk,
        "term-school_year": "2026",
        "term-half": "spring",
        "term-first_day": "2027-03-01",
        "term-last_day": "2027-07-02",
    }
    page = client.post(reverse("schools:term_set"), term, follow=True)
    assert Term.objects.get(half="spring").unit == world.county
    assert "暂定" in page.text and "2027年3月" in page.text
    late = client.post(reverse("schools:term_set"), term | {"term-last_day": "2028-07-02"})
    assert late.status_code == 422 and "250天" in late.text
    off = {"unit": world.county.pk, "off-first_day": "2026-10-01", "off-off_work_at": "17:30"}
    client.post(reverse("schools:off_work_set"), off)
    assert OffWorkTime.objects.get().off_work_at == dt.time(17, 30)


def test_a_day_of_another_school_is_not_hers_to_change(world, client, signed_in):
    signed_in("academic_office")
    given = {"unit": world.other_school.pk, "day-day": "2026-10-12", "day-teaches": "no", "day-reason": "运动会"}
    assert client.post(reverse("schools:day_change"), given).status_code == 404
    assert not CalendarChange.objects.exists()


def upload(client, world, **rows: list) -> ImportBatch:
    file = SimpleUploadedFile("名单.xlsx", workbook(**rows))
    client.post(reverse("schools:import_upload"), {"unit": world.school.unit.pk, "file": file})
    job = Job.objects.get()
    tasks.check_import(job.pk)
    return ImportBatch.objects.get()


def test_an_upload_is_checked_shown_and_applied(world, client, signed_in):
    signed_in("academic_office")
    code = world.school.unit.code
    batch = upload(client, world, staff=[(code, "901", "周新"), (code, "902", None)])
    page = client.get(reverse("schools:import_detail", args=[batch.pk])).text
    assert "姓名" in page and "必填" in page
    errors = client.get(reverse("schools:import_errors", args=[batch.pk]))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(errors.content)).get_sheet_by_name("教职工").to_python()
    assert [row[1] for row in rows] == ["工号", "902"]
    assert "必填" in rows[1][-1]
    client.post(reverse("schools:import_apply", args=[batch.pk]))
    assert not Job.objects.filter(task="schools.tasks.apply_import").exists()
    client.post(reverse("schools:import_apply", args=[batch.pk]), {"only_good": "on"})
    tasks.apply_import(Job.objects.get(task="schools.tasks.apply_import").pk)
    assert world.school.staff.filter(staff_no="901").exists()


def test_the_progress_fragment_reloads_the_page_when_the_job_is_over(world, client, signed_in):
    signed_in("academic_office")
    batch = upload(client, world, staff=[])
    url = reverse("schools:import_detail", args=[batch.pk])
    assert client.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    Job.objects.update(state=Job.State.RUNNING)
    waiting = client.get(url, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in waiting and "正在检查文件" in waiting.text


def test_the_template_has_the_four_sheets_and_explains_every_column(world, client, signed_in):
    signed_in("admin")
    content = client.get(reverse("schools:import_template")).content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["说明", "单位", "教职工", "班级", "任课"]
    explained = {(row[0], row[1]) for row in book.get_sheet_by_name("说明").to_python()[1:]}
    for title in book.sheet_names[1:]:
        for header in book.get_sheet_by_name(title).to_python()[0]:
            assert (title, header) in explained
    assert all(row[3] for row in book.get_sheet_by_name("说明").to_python()[1:] if row[1] not in ("名称", "姓名"))
