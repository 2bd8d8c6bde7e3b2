import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from schools import access
from tests import factories as make

DAY = dt.timedelta(days=1)


def managed_by(world, person: str) -> set[str]:
    user = User.objects.get(pk=world.people[person].pk)
    return {name for name, other in world.people.items() if access.may_manage(user, other)}


IN_SCHOOL = {"teacher", "head_teacher"}
BELOW_COUNTY = IN_SCHOOL | {"academic_office", "principal", "supervisor"}
OUTSIDERS = {"outside_teacher", "outside_academic_office", "outside_officer"}


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("teacher", set()),
        ("principal", set()),
        ("supervisor", set()),
        ("liaison", set()),
        ("academic_office", IN_SCHOOL),
        ("county_officer", BELOW_COUNTY),
        ("city_officer", BELOW_COUNTY | OUTSIDERS | {"county_officer", "liaison"}),
        ("admin", BELOW_COUNTY | OUTSIDERS | {"county_officer", "city_officer", "liaison"}),
        ("outside_academic_office", {"outside_teacher"}),
        ("outside_officer", {"outside_teacher", "outside_academic_office"}),
    ],
)
def test_who_manages_whom(world, person, expected):
    assert managed_by(world, person) == expected


def test_nobody_manages_herself(world):
    assert not any(access.may_manage(user, user) for user in world.people.values())


@pytest.mark.parametrize("where", ["school", "county"])
def test_a_second_role_that_is_not_hers_to_give_takes_the_person_out_of_her_hands(world, where):
    roles = {"school": (world.school.unit, "academic_office"), "county": (world.county, "supervisor")}
    unit, role = roles[where]
    make.PostingFactory(user=world.teacher, unit=unit, role=role)
    assert not access.may_manage(world.people["academic_office"], world.teacher)
    assert access.may_manage(world.people["county_officer"], world.teacher)


def test_a_role_at_another_school_does_so_too(world):
    make.PostingFactory(user=world.teacher, unit=world.other_school.unit, role="teacher")
    assert not access.may_manage(world.people["academic_office"], world.teacher)
    assert not access.may_manage(world.people["county_officer"], world.teacher)
    assert access.may_manage(world.people["city_officer"], world.teacher)


@pytest.mark.parametrize(("last_day", "expected"), [(-1, True), (0, False)])
def test_a_role_that_is_over_no_longer_counts(world, last_day, expected):
    today = timezone.localdate()
    posting = make.PostingFactory(user=world.teacher, unit=world.other_school.unit, role="principal")
    posting.last_day = today + last_day * DAY
    posting.save()
    assert access.may_manage(world.people["academic_office"], world.teacher) == expected


def test_a_role_that_is_to_begin_counts_already(world):
    later = timezone.localdate() + 30 * DAY
    make.PostingFactory(user=world.teacher, unit=world.school.unit, role="principal", first_day=later)
    assert not access.may_manage(world.people["academic_office"], world.teacher)


def test_a_teacher_who_begins_later_is_managed_already(world):
    later = timezone.localdate() + 30 * DAY
    newcomer = make.StaffFactory(school=world.school, first_day=later).user
    assert access.may_manage(world.people["academic_office"], newcomer)


def test_somebody_without_a_posting_is_nobodys(world):
    stray = make.UserFactory()
    assert not any(access.may_manage(user, stray) for user in world.people.values())


def test_a_posting_at_a_unit_without_a_place_is_nobodys(world):
    world.other_school.unit.places.update(last_day=timezone.localdate() - DAY)
    make.PostingFactory._meta.model.objects.create(
        user=world.teacher, unit=world.other_school.unit, role="teacher", first_day=make.OPENED_ON
    )
    assert not any(access.may_manage(user, world.teacher) for user in world.people.values())


def test_managing_follows_a_school_to_its_new_county(world):
    from_today = timezone.localdate()
    make.units.move_unit(by=None, unit=world.school.unit, parent=world.other_county, first_day=from_today)
    assert not access.may_manage(world.people["county_officer"], world.teacher)
    assert access.may_manage(world.people["outside_officer"], world.teacher)


def test_an_officer_manages_officers_below_her_unit_but_not_her_peers(world):
    maker, signer = world.people["county_officer"], make.PostingFactory(unit=world.county, duties=["signer"]).user
    assert not access.may_manage(maker, signer)
    assert access.may_manage(world.people["city_officer"], signer)
    assert "officer" not in access.appoints(maker, world.county.path_on(make.TODAY))
    assert "officer" in access.appoints(world.people["city_officer"], world.county.path_on(make.TODAY))


def test_an_administrator_may_name_another(world):
    assert "admin" in access.appoints(world.people["admin"], world.city.path_on(make.TODAY))
