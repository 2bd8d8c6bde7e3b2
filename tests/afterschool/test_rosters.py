"""Joining, leaving and moving: places, times, grades, and what may be taken back."""

import datetime as dt

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from afterschool import tasks
from afterschool.bookings import greatest
from afterschool.models import Enrolment, Pupil
from afterschool.services import pupils, rosters
from afterschool.week import Slot
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)


def day(number):
    return dt.date(2026, 10, number)


@pytest.fixture
def office(world):
    return world.people["academic_office"]


def enrol(world, group, *who, first_day=TODAY, **values):
    return rosters.enrol(by=world.people["academic_office"], group=group, pupils=who, first_day=first_day, **values)


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ([], 0),
        ([(1, 5), (6, 9)], 1),  # one leaves, the other comes the day after
        ([(1, 6), (6, 9)], 2),
        ([(1, 31), (3, 4), (5, 6)], 2),
        ([(1, 2), (20, 31)], 0),  # outside the days asked for
        ([(1, 3), (18, 31)], 1),  # each on one of the days at the edge
    ],
)
def test_the_greatest_number_on_any_day(stays, expected):
    assert greatest([(day(first), day(last)) for first, last in stays], day(3), day(18)) == expected


def test_a_group_takes_as_many_as_it_has_places_on_each_day(world):
    group = make.group(world, capacity=2)
    a, b, c, d = (make.pupil(world, number) for number in range(1, 5))
    enrol(world, group, a, b)
    with pytest.raises(ValidationError, match=r"学生3“五年级1班作业辅导”人数已满（上限2人）。"):
        enrol(world, group, c)
    rosters.leave(by=group.worker.user, enrolment=Enrolment.objects.get(pupil=a), last_day=day(20))
    with pytest.raises(ValidationError):
        enrol(world, group, c, first_day=day(20))
    enrol(world, group, c, first_day=day(21))
    with pytest.raises(ValidationError):
        enrol(world, group, d, first_day=day(1))
    enrol(world, group, d, first_day=day(1), last_day=YESTERDAY)  # there was room then


def test_a_pupil_in_another_group_at_the_time_is_refused_with_its_name(world):
    first = make.group(world)
    second = make.group(world, worker=make.worker(world, "head_teacher"), name="合唱")
    pupil = make.pupil(world)
    enrol(world, first, pupil)
    with pytest.raises(ValidationError) as caught:
        enrol(world, second, pupil, first_day=day(20))
    assert caught.value.messages == ["学生1周一16:00—17:00已在“五年级1班作业辅导”（2026年10月14日—10月31日）。"]


def test_all_of_them_join_or_none(world):
    group = make.group(world, capacity=2)
    with pytest.raises(ValidationError):
        enrol(world, group, *(make.pupil(world, number) for number in range(1, 4)))
    assert not Enrolment.objects.exists()


def test_a_pupil_of_another_grade_or_another_school_is_refused(world):
    group = make.group(world, grades=[4])
    with pytest.raises(ValidationError, match="只收四年级"):
        enrol(world, group, make.pupil(world))
    elsewhere = factories.ClassGroupFactory(school=world.other_school)
    stranger = make.pupil(world, 2, school=world.other_school, class_group=elsewhere)
    with pytest.raises(ValidationError, match="不在本校名单上"):
        enrol(world, group, stranger)


@pytest.mark.parametrize(("first_day", "last_day"), [(dt.date(2026, 9, 30), None), (TODAY, dt.date(2026, 11, 1))])
def test_only_on_days_of_the_group(world, first_day, last_day):
    with pytest.raises(ValidationError, match="请填班组开展的日子"):
        enrol(world, make.group(world), make.pupil(world), first_day=first_day, last_day=last_day)


def test_leaving_is_always_possible_and_dated(world, office):
    group = make.group(world)
    [row] = enrol(world, group, make.pupil(world), first_day=day(8))
    make.session(group, TODAY, state="held", recorded_at=dt.datetime(2026, 10, 14, 9, tzinfo=dt.UTC))
    rosters.leave(by=office, enrolment=row, last_day=TODAY)
    row.refresh_from_db()
    assert row.last_day == TODAY
    with pytest.raises(ValidationError, match="请填2026年10月8日到10月14日之间的一天"):
        rosters.leave(by=office, enrolment=row, last_day=TOMORROW)


def test_what_has_not_begun_is_taken_back(world, office):
    group = make.group(world)
    [row] = enrol(world, group, make.pupil(world))
    rosters.take_back(by=office, enrolment=row)
    assert not Enrolment.objects.exists()


def test_what_has_begun_is_not_taken_back(world, office):
    group = make.group(world)
    [earlier] = enrol(world, group, make.pupil(world, 1), first_day=YESTERDAY)
    [called] = enrol(world, group, make.pupil(world, 2))
    make.session(group, TODAY, state="held", recorded_at=dt.datetime(2026, 10, 14, 9, tzinfo=dt.UTC))
    for row in (earlier, called):
        with pytest.raises(ValidationError, match="只能退出"):
            rosters.take_back(by=office, enrolment=row)


def test_moving_ends_the_one_the_day_before_the_other_begins(world, office):
    first = make.group(world)
    second = make.group(world, worker=make.worker(world, "head_teacher"), name="合唱")
    [row] = enrol(world, first, make.pupil(world), first_day=day(8))
    rosters.move(by=office, enrolment=row, group=second, first_day=day(20))
    rows = Enrolment.objects.order_by("first_day").values_list("group", "first_day", "last_day")
    assert list(rows) == [(first.pk, day(8), day(19)), (second.pk, day(20), day(31))]


def test_a_move_into_a_full_group_leaves_her_where_she_was(world, office):
    first = make.group(world)
    second = make.group(world, worker=make.worker(world, "head_teacher"), name="合唱", capacity=1)
    enrol(world, second, make.pupil(world, 2))
    [row] = enrol(world, first, make.pupil(world), first_day=day(8))
    with pytest.raises(ValidationError, match="人数已满"):
        rosters.move(by=office, enrolment=row, group=second, first_day=day(20))
    row.refresh_from_db()
    assert (row.group, row.last_day) == (first, day(31))


def test_the_trail_never_holds_a_name(world, office):
    pupil = pupils.add_pupil(by=office, class_group=world.class_group, code="20220101", name="李小明")
    [row] = enrol(world, make.group(world), pupil)
    pupils.change_pupil(by=office, pupil=pupil, class_group=world.class_group, code="20220102", name="李晓明")
    rosters.leave(by=office, enrolment=row, last_day=TODAY)
    trail = [(entry.action, str(entry.detail)) for entry in AuditEntry.objects.filter(by=office)]
    assert {"pupil.add", "pupil.change", "enrolment.add", "enrolment.leave"} <= {action for action, _ in trail}
    assert not any(part in detail for _, detail in trail for part in ("李小明", "李晓明", "2022010"))


def test_a_code_is_given_once_in_a_school(world, office):
    make.pupil(world, code="20220101")
    with pytest.raises(ValidationError, match="本校已有这个学号"):
        pupils.add_pupil(by=office, class_group=world.class_group, code="20220101", name="李小明")


@pytest.mark.parametrize(("last_day", "is_erased"), [(TODAY.replace(year=2025), True), (dt.date(2025, 10, 15), False)])
def test_names_go_a_year_after_the_last_day_in_a_group(world, last_day, is_erased):
    first_day = dt.date(2025, 9, 1)
    group = make.group(world, first_day=first_day, last_day=dt.date(2025, 12, 31))
    pupil = make.pupil(world, listed_on=first_day)
    make.enrolment(group, pupil, last_day=last_day)
    assert pupils.erase_old(TODAY) == is_erased
    pupil.refresh_from_db()
    assert (pupil.name, pupil.code) == (("", "") if is_erased else ("学生1", "20220001"))
    assert (pupil.erased_at is not None) == is_erased
    assert Enrolment.objects.filter(pupil=pupil).count() == 1  # the counts stay


def test_who_was_never_in_a_group_goes_a_year_after_the_term_of_her_listing(world):
    factories.TermFactory(
        unit=world.city, school_year=2025, first_day=dt.date(2025, 9, 1), last_day=dt.date(2025, 10, 20)
    )
    pupil = make.pupil(world, listed_on=dt.date(2025, 9, 2))
    assert pupils.erase_old(dt.date(2026, 10, 19)) == 0
    assert pupils.erase_old(dt.date(2026, 10, 20)) == 1
    pupil.refresh_from_db()
    assert pupil.name == ""


def test_who_was_listed_again_keeps_her_name(world):
    group = make.group(world, first_day=dt.date(2025, 3, 1), last_day=dt.date(2025, 6, 30))
    pupil = make.pupil(world, listed_on=dt.date(2026, 9, 1))
    make.enrolment(group, pupil)
    assert pupils.erase_old(TODAY) == 0


def test_erasing_is_done_once_and_the_trail_counts(world):
    for number in (1, 2):
        make.pupil(world, number, listed_on=dt.date(2024, 9, 1))
    make.pupil(world, 3)
    assert [pupils.erase_old(TODAY), pupils.erase_old(TODAY)] == [2, 0]
    entry = AuditEntry.objects.get(action="pupil.erase")
    assert (entry.by, entry.subject, entry.detail["pupils"]) == (None, f"schools.School:{world.school.pk}", 2)
    assert list(Pupil.objects.named().values_list("name", flat=True)) == ["学生3"]


def test_who_fetched_her_is_forgotten_with_her(world):
    group = make.group(world, first_day=dt.date(2025, 3, 3), last_day=dt.date(2025, 6, 30))
    pupil = make.pupil(world, listed_on=dt.date(2025, 3, 3))
    make.enrolment(group, pupil)
    absence = make.session(group, dt.date(2025, 3, 3)).absences.create(
        pupil=pupil, kind="left_early", left_at=dt.time(16, 30), fetched_by="李奶奶"
    )
    pupils.erase_old(TODAY)
    absence.refresh_from_db()
    assert absence.fetched_by == "（已删除）"


def test_a_slot_that_only_touches_is_no_clash(world):
    first = make.group(world, slots=[Slot(1, dt.time(16), dt.time(17))])
    second = make.group(world, slots=[Slot(1, dt.time(17), dt.time(18))], worker=first.worker, name="合唱")
    pupil = make.pupil(world)
    enrol(world, first, pupil)
    enrol(world, second, pupil)
    assert Enrolment.objects.filter(pupil=pupil).count() == 2


def test_every_night_the_names_whose_year_is_over_go(world):
    make.pupil(world, 1, listed_on=dt.date(2024, 9, 1))
    assert tasks.erase_old_pupils() == 1
    assert any(entry["task"] == tasks.erase_old_pupils.name for entry in settings.CELERY_BEAT_SCHEDULE.values())
