"""Two people at the same moment, on real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from afterschool.models import Duty, Session
from afterschool.services import duties, rolls
from afterschool.services.rolls import Mark
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """What each gives, or why it was refused."""
    begin = Barrier(len(acts))

    def run(act):
        try:
            begin.wait(timeout=10)
            return act()
        except ValidationError as error:
            return "".join(error.messages)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_rolls_at_once_one_is_kept_whole_and_the_other_is_told(world):
    group = make.group(world)
    pupils = [make.pupil(world, number) for number in range(1, 5)]
    for pupil in pupils:
        make.enrolment(group, pupil)
    session = make.session(group, factories.TODAY)

    def roll(person, marks):
        by = world.people[person]
        return lambda: rolls.record_roll(by=by, session=session, marks=marks, content=person, seen=None)

    first, second = together(
        roll("teacher", [Mark(pupil.pk, "absent") for pupil in pupils[:3]]),
        roll("academic_office", [Mark(pupils[3].pk, "on_leave")]),
    )
    assert (first is True) != (second is True)
    assert "已经登记过" in str(first if second is True else second)
    session.refresh_from_db()
    kept = (3, 0) if first is True else (0, 1)
    assert (session.absent, session.on_leave) == kept
    assert session.absences.count() == sum(kept)


def test_of_two_sessions_at_once_somebody_stands_in_for_one(world):
    helper = make.worker(world, "head_teacher")
    office = world.people["academic_office"]
    sessions = [
        make.session(make.group(world, worker=make.worker(world, person), name=person), factories.TODAY)
        for person in ("teacher", "principal")
    ]
    outcomes = together(*(lambda one=one: duties.substitute(by=office, session=one, worker=helper) for one in sessions))
    assert sum(outcome is None for outcome in outcomes) == 1
    assert any("这个时间已有安排：代班" in str(outcome) for outcome in outcomes)
    assert Duty.objects.standing().count() == Session.objects.filter(worker=helper).count() == 1


def test_of_two_who_stand_in_for_one_session_at_once_one_remains(world):
    helpers = [make.worker(world, person) for person in ("head_teacher", "principal")]
    office = world.people["academic_office"]
    session = make.session(make.group(world), factories.TODAY)
    together(*(lambda one=one: duties.substitute(by=office, session=session, worker=one) for one in helpers))
    session.refresh_from_db()
    assert [duty.worker for duty in Duty.objects.standing()] == [session.worker]
