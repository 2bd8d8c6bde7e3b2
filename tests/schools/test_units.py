"""The tree with its dates, overlaps that the database refuses, and the grades of both systems."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from schools.models import HeadTeacher, OrgUnit, School, Staff, Teaching, UnitPlace
from schools.services import classes, units
from tests import factories as make
from tests.factories import MONDAY, TODAY

SUNDAY = MONDAY - dt.timedelta(days=1)


def test_a_school_that_changes_county_keeps_its_past_there(db):
    city = make.CityFactory()
    east, west = make.CountyFactory(parent=city), make.CountyFactory(parent=city)
    school = make.SchoolFactory(parent=east)
    units.move_unit(by=None, unit=school.unit, parent=west, first_day=MONDAY)
    for day, county, other in ((SUNDAY, east, west), (MONDAY, west, east)):
        assert list(School.objects.under(county, day)) == [school]
        assert not School.objects.under(other, day).exists()
    assert school.unit.path_on(MONDAY) == f"/{city.code}/{west.code}/{school.unit.code}/"


def test_a_district_takes_its_schools_along(db):
    city = make.CityFactory()
    east, west = make.CountyFactory(parent=city), make.CountyFactory(parent=city)
    district = make.CountyFactory(level=OrgUnit.Level.DISTRICT, parent=east, name="城关学区")
    school = make.SchoolFactory(parent=district)
    units.move_unit(by=None, unit=district, parent=west, first_day=MONDAY)
    assert list(School.objects.under(west, MONDAY)) == [school]
    assert list(School.objects.under(east, SUNDAY)) == [school]


def test_a_unit_is_not_moved_below_itself_or_to_a_level_that_does_not_fit(db):
    city = make.CityFactory()
    county, school = make.CountyFactory(parent=city), make.SchoolFactory()
    with pytest.raises(ValidationError):
        units.move_unit(by=None, unit=county, parent=school.unit, first_day=MONDAY)
    with pytest.raises(ValidationError):
        units.move_unit(by=None, unit=school.unit, parent=school.unit, first_day=MONDAY)


@pytest.mark.parametrize("first_day", [dt.date(2022, 9, 1), TODAY])
def test_the_database_refuses_overlapping_rows(db, first_day):
    head = make.HeadTeacherFactory()
    teaching = make.TeachingFactory(class_group=head.class_group)
    staff = make.StaffFactory(school=head.class_group.school)
    place = head.class_group.school.unit.places.get()
    doubles = [
        HeadTeacher(class_group=head.class_group, user=staff.user, first_day=first_day),
        Teaching(class_group=head.class_group, subject=teaching.subject, teacher=teaching.teacher, first_day=first_day),
        Staff(school=staff.school, user=staff.user, staff_no="X1", first_day=first_day),
        UnitPlace(unit=place.unit, parent=place.parent, path=place.path, first_day=first_day),
    ]
    for double in doubles:
        with pytest.raises(IntegrityError, match=r"_once|_one_"), transaction.atomic():
            double.save()


def test_rows_that_follow_each_other_do_not_overlap(db):
    head = make.HeadTeacherFactory()
    after = classes.assign_head_teacher(
        by=None, class_group=head.class_group, user=make.UserFactory(), first_day=MONDAY
    )
    head.refresh_from_db()
    assert (head.last_day, after.first_day) == (SUNDAY, MONDAY)


@pytest.mark.parametrize(
    ("stage", "system", "grades", "junior"),
    [
        ("primary", "6-3", range(1, 7), None),
        ("primary", "5-4", range(1, 6), None),
        ("junior", "6-3", range(7, 10), 7),
        ("junior", "5-4", range(6, 10), 6),
        ("nine_year", "6-3", range(1, 10), 7),
        ("nine_year", "5-4", range(1, 10), 6),
    ],
)
def test_grades_stages_and_entries_follow_stage_and_system(stage, system, grades, junior):
    school = School(stage=stage, system=system)
    assert school.grades == grades
    for grade in grades:
        is_junior = junior is not None and grade >= junior
        assert school.stage_of(grade) == ("junior" if is_junior else "primary")
        assert school.entry_grade_of(grade) == (junior if is_junior else 1)
        assert school.leaves_after(grade) == (grade + 1 not in grades or grade + 1 == junior)


def test_a_junior_class_of_the_five_four_system_is_in_grade_six_first(db):
    school = make.SchoolFactory(stage="junior", system="5-4")
    group = make.ClassGroupFactory(school=school, entry_year=2026, entry_grade=6, number=1, first_day=TODAY)
    assert group.name_on(TODAY) == "六年级1班"
    with pytest.raises(ValidationError, match="没有5年级"):
        make.ClassGroupFactory(school=school, entry_year=2026, entry_grade=5, number=1)
