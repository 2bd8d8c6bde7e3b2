"""Many at the same moment, on real connections: places, rooms and pupils are given once."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from afterschool.models import CourseGroup, Enrolment
from afterschool.services import groups, rosters
from afterschool.services.groups import Arrangement
from afterschool.week import Slot
from tests import factories
from tests.afterschool import make
from tests.world import build

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = Slot(1, dt.time(16), dt.time(17))


@pytest.fixture
def world():
    return build()


def all_at_once(acts: list[Callable[[], object]]) -> list[str]:
    """The words of each that was refused; "done" of each that was not."""
    together = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            together.wait(timeout=30)
            act()
        except ValidationError as error:
            return error.messages[0]
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_thirty_who_enrol_at_once_as_many_get_in_as_there_are_places(world):
    office = world.people["academic_office"]
    group = make.group(world, capacity=3)
    who = [make.pupil(world, number) for number in range(30)]
    make.enrolment(group, who[0])
    outcomes = all_at_once(
        [
            lambda pupil=pupil: rosters.enrol(by=office, group=group, pupils=[pupil], first_day=factories.TODAY)
            for pupil in who[1:]
        ]
    )
    assert Counter("人数已满" if "人数已满（上限3人）" in words else words for words in outcomes) == {
        "done": 2,
        "人数已满": 27,
    }
    assert Enrolment.objects.filter(group=group).count() == 3


def test_two_groups_that_take_one_room_at_once_get_it_once(world):
    office, hall = world.people["academic_office"], make.room(world.school)
    course = make.course(world.school)
    workers = [make.worker(world, person) for person in ("teacher", "head_teacher", "principal", "academic_office")]

    def opening(place: int) -> Callable[[], object]:
        said = Arrangement(f"班组{place}", [5], workers[place], hall, 40, [MONDAY], make.FIRST_DAY, make.LAST_DAY)
        return lambda: groups.open_group(by=office, course=course, arrangement=said)

    outcomes = all_at_once([opening(place) for place in range(4)])
    assert outcomes.count("done") == 1
    [winner] = CourseGroup.objects.all()
    refused = {words for words in outcomes if words != "done"}
    assert refused == {f"阶梯教室周一16:00—17:00已有“{winner.name}”（2026年10月1日—10月31日），请换场地或时间。"}


def test_one_pupil_put_into_several_groups_at_once_is_in_one(world):
    office, pupil = world.people["academic_office"], make.pupil(world)
    opened = [
        make.group(world, worker=make.worker(world, person), name=person)
        for person in ("teacher", "head_teacher", "principal")
    ]
    outcomes = all_at_once(
        [
            lambda group=group: rosters.enrol(by=office, group=group, pupils=[pupil], first_day=factories.TODAY)
            for group in opened
        ]
    )
    assert outcomes.count("done") == 1
    assert all("学生1周一16:00—17:00已在" in words for words in outcomes if words != "done")
    assert Enrolment.objects.count() == 1


def test_two_who_change_places_between_full_groups_do_not_wait_for_each_other(world):
    office = world.people["academic_office"]
    first = make.group(world, capacity=2)
    second = make.group(world, capacity=2, worker=make.worker(world, "head_teacher"), name="合唱")
    rows = [make.enrolment(group, make.pupil(world, number)) for number, group in enumerate((first, second))]
    outcomes = all_at_once(
        [
            lambda row=row, to=to: rosters.move(by=office, enrolment=row, group=to, first_day=factories.TODAY)
            for row, to in zip(rows, (second, first), strict=True)
        ]
    )
    assert outcomes == ["done", "done"]
