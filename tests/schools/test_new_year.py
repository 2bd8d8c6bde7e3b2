"""September: what closes, what opens, what goes up; in two steps, and once only."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from schools.models import ChangedDay, ClassGroup, HeadTeacher, School, Teaching
from schools.services import new_year
from tests import factories as make

BEGINS, ENDS = dt.date(2026, 8, 1), dt.date(2026, 7, 31)


@pytest.fixture
def school(db) -> School:
    """At the end of the school year 2025: a class in grade 6, one in grade 5 (both with teachers), two in grade 1."""
    school = make.SchoolFactory()
    for entry_year, number in ((2020, 1), (2021, 1), (2025, 1), (2025, 2)):
        make.ClassGroupFactory(school=school, entry_year=entry_year, number=number, first_day=dt.date(entry_year, 9, 1))
    for group in school.classes.filter(entry_year__in=(2020, 2021)):
        make.HeadTeacherFactory(class_group=group, first_day=group.first_day)
        make.TeachingFactory(class_group=group, first_day=group.first_day)
    return school


def turn(school: School) -> list[new_year.SchoolYear]:
    return new_year.plan(School.objects.filter(pk=school.pk), 2026)


def begin(school: School, count: int = 2) -> None:
    new_year.begin_school_year(
        by=make.UserFactory(), unit=school.unit, turns=turn(school), year=2026, counts={(school.pk, 1): count}
    )


def test_the_plan_names_what_leaves_goes_up_and_enters(school):
    [plan] = turn(school)
    assert [moving.before for moving in plan.leaving] == ["六年级1班"]
    assert [(moving.before, moving.after) for moving in plan.going_up] == [
        ("一年级1班", "二年级1班"),
        ("一年级2班", "二年级2班"),
        ("五年级1班", "六年级1班"),
    ]
    [entry] = plan.entries
    assert (entry.name, entry.proposed, entry.missing(3)) == ("一年级", 2, [1, 2, 3])


def test_leaving_classes_end_on_the_last_of_july_with_their_teachers(school):
    begin(school)
    gone = school.classes.get(entry_year=2020)
    assert gone.last_day == ENDS
    assert gone.head_teachers.get().last_day == gone.teachings.get().last_day == ENDS


def test_classes_that_go_up_keep_head_teacher_and_teachings(school):
    before = list(Teaching.objects.filter(class_group__entry_year=2021).values())
    begin(school)
    group = school.classes.get(entry_year=2021)
    assert (group.name_on(BEGINS), group.last_day) == ("六年级1班", None)
    assert list(group.teachings.values()) == before
    assert HeadTeacher.objects.on(BEGINS).filter(class_group=group).exists()


def test_new_classes_begin_on_the_first_of_august(school):
    begin(school, count=3)
    new = school.classes.filter(entry_year=2026).order_by("number")
    assert [(group.number, group.entry_grade, group.first_day) for group in new] == [
        (1, 1, BEGINS),
        (2, 1, BEGINS),
        (3, 1, BEGINS),
    ]


def test_applying_it_again_changes_nothing(school):
    begin(school)
    before = list(ClassGroup.objects.order_by("pk").values())
    begin(school)
    assert list(ClassGroup.objects.order_by("pk").values()) == before


def test_a_school_of_both_stages_closes_and_opens_two_grades(db):
    school = make.SchoolFactory(stage="nine_year", system="5-4")
    for entry_year, entry_grade in ((2021, 1), (2022, 6), (2023, 6), (2025, 1)):
        make.ClassGroupFactory(school=school, entry_year=entry_year, entry_grade=entry_grade, number=1)
    [plan] = turn(school)
    assert [moving.before for moving in plan.leaving] == ["五年级1班", "九年级1班"]
    assert [moving.after for moving in plan.going_up] == ["二年级1班", "九年级1班"]
    assert [entry.grade for entry in plan.entries] == [1, 6]


def test_a_school_that_keeps_its_classes_for_nine_years_closes_grade_nine_only(db):
    school = make.SchoolFactory(stage="nine_year")
    for entry_year in (2017, 2018, 2020):
        make.ClassGroupFactory(school=school, entry_year=entry_year, number=1)
    [plan] = turn(school)
    assert [moving.before for moving in plan.leaving] == ["九年级1班"]
    assert [moving.after for moving in plan.going_up] == ["七年级1班", "九年级1班"]
    assert [entry.grade for entry in plan.entries] == [1]


def test_days_already_planned_are_summed_again(school):
    make.TermFactory(unit=school.unit.places.get().parent)
    ChangedDay.objects.all().delete()
    begin(school)
    assert ChangedDay.objects.filter(school=school, day=dt.date(2026, 9, 1)).exists()
    assert AuditEntry.objects.get(action="school_year.begin").detail["opened"] == 2


def test_the_plan_of_more_schools_takes_no_more_queries(school, django_assert_num_queries):
    for _ in range(4):
        make.ClassGroupFactory(school=make.SchoolFactory(parent=school.unit.places.get().parent), entry_year=2025)
    with django_assert_num_queries(4):
        new_year.plan(School.objects.all(), 2026)


def test_the_page_keeps_typed_numbers_through_preview_and_back(world, client):
    client.force_login(world.people["academic_office"], "accounts.sign_in.PhoneBackend")
    url, name = reverse("schools:new_year"), f"count-{world.school.pk}-1"
    assert "新开班数" in client.get(url).text
    preview = client.post(url, {"step": "preview", name: "4"}).text
    assert "一年级4班" in preview and f'name="{name}" value="4"' in preview
    assert 'value="4"' in client.post(url, {"step": "edit", name: "4"}).text
    assert not world.school.classes.filter(entry_year=2026).exists()
    assert client.post(url, {"step": "confirm", name: "4"}).status_code == 302
    assert world.school.classes.filter(entry_year=2026).count() == 4


def test_a_number_out_of_bounds_is_asked_for_again(world, client):
    client.force_login(world.people["academic_office"], "accounts.sign_in.PhoneBackend")
    response = client.post(reverse("schools:new_year"), {"step": "confirm", f"count-{world.school.pk}-1": "61"})
    assert response.status_code == 422
    assert not world.school.classes.filter(entry_year=2026).exists()


def test_a_city_chooses_a_county_and_nobody_reaches_beyond_her_scope(world, client):
    client.force_login(world.people["city_officer"], "accounts.sign_in.PhoneBackend")
    assert "东县" in client.get(reverse("schools:new_year")).text
    client.force_login(world.people["academic_office"], "accounts.sign_in.PhoneBackend")
    for unit, status in ((world.other_school.pk, 404), (world.county.pk, 404), (world.city.pk, 404)):
        assert client.get(reverse("schools:new_year"), {"unit": unit}).status_code == status
