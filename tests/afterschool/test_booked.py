"""What the database refuses, whoever asks."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from afterschool.week import Slot
from tests.afterschool import make

MONDAY_AT_FOUR = Slot(1, dt.time(16), dt.time(17))
MONDAY_LATER = Slot(1, dt.time(16, 30), dt.time(17, 30))
MONDAY_AFTER = Slot(1, dt.time(17), dt.time(18))


@pytest.mark.parametrize(
    ("second", "values", "is_refused"),
    [
        (MONDAY_LATER, {}, True),
        (MONDAY_AFTER, {}, False),  # an end is not included
        (MONDAY_LATER, {"first_day": dt.date(2026, 11, 1), "last_day": dt.date(2026, 11, 30)}, False),
        (Slot(2, dt.time(16), dt.time(17)), {}, False),
    ],
)
def test_a_teacher_has_one_group_at_a_time(world, second, values, is_refused):
    teacher = make.worker(world)
    make.group(world, worker=teacher, slots=[MONDAY_AT_FOUR])
    if is_refused:
        with pytest.raises(IntegrityError, match="worker_in_one_place"):
            make.group(world, worker=teacher, slots=[second], name="社团", **values)
    else:
        make.group(world, worker=teacher, slots=[second], name="社团", **values)


def test_a_room_holds_one_group_at_a_time(world):
    hall = make.room(world.school)
    make.group(world, room=hall)
    with pytest.raises(IntegrityError, match="room_holds_one"):
        make.group(world, room=hall, worker=make.worker(world, "head_teacher"))


def test_a_pupil_is_in_one_group_at_a_time(world):
    pupil = make.pupil(world)
    first = make.group(world)
    second = make.group(world, worker=make.worker(world, "head_teacher"), name="社团")
    make.enrolment(first, pupil, last_day=dt.date(2026, 10, 16))
    with pytest.raises(IntegrityError, match="pupil_in_one_place"), transaction.atomic():
        make.enrolment(second, pupil, first_day=dt.date(2026, 10, 16))

    make.enrolment(second, pupil, first_day=dt.date(2026, 10, 17))  # after she has left the first


def test_a_lesson_is_no_course(world):
    with pytest.raises(IntegrityError, match="is_no_lesson"):
        make.course(world.school, "数学提高班", nature="drill")


def test_the_timetable_comes_back_as_it_was_said(world):
    group = make.group(world, slots=[MONDAY_AT_FOUR, Slot(5, dt.time(16, 40), dt.time(18))])
    group.refresh_from_db()
    assert group.slots == [MONDAY_AT_FOUR, Slot(5, dt.time(16, 40), dt.time(18))]
