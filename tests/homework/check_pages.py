"""Who may open which page of vacations and spot checks; tests/homework/pages.py takes them in."""

import datetime as dt

from homework.models import SpotCheck
from homework.services import spot_checks, vacations
from tests import factories as make
from tests.access import Page, expect
from tests.world import World

# The liaison's department lies beside the schools: to her they do not exist.
HIDDEN = {"outside": 404, "liaison": 404}
OVERSEERS = {"academic_office": 200, "principal": 200, "supervisor": 200, "county_officer": 200, "city_officer": 200}


def near_a_vacation(world: World) -> None:
    """It begins on 21 October."""
    make.TermFactory(unit=world.city, first_day=dt.date(2026, 10, 1), last_day=dt.date(2026, 10, 20))
    make.TermFactory(unit=world.city, half="spring", first_day=dt.date(2026, 11, 23), last_day=dt.date(2027, 1, 20))


def no_arguments(world: World) -> dict[str, object]:
    near_a_vacation(world)
    return {}


def the_class(world: World) -> dict[str, object]:
    near_a_vacation(world)
    return {"class_id": world.class_group.pk}


def a_vacation_item(world: World) -> dict[str, object]:
    near_a_vacation(world)
    item = vacations.add_vacation_item(
        by=world.teacher,
        class_group=world.class_group,
        subject=world.subject,
        content="读两本书",
        kind="reading",
        layer="all",
        daily_minutes=20,
    )
    return {"item_id": item.pk}


def a_class_with_a_plan(world: World) -> dict[str, object]:
    a_vacation_item(world)
    return {"class_id": world.class_group.pk}


def a_check(world: World) -> SpotCheck:
    day = dt.date(2026, 10, 14)
    return spot_checks.start_spot_check(
        by=world.people["academic_office"],
        school=world.school,
        title="第一次作业检查",
        scheme="",
        first_day=day,
        last_day=day,
        seed=1,
        count=1,
    )


def the_check(world: World) -> dict[str, object]:
    return {"check_id": a_check(world).pk}


def a_sample(world: World) -> dict[str, object]:
    return {"sample_id": a_check(world).samples.get().pk}


def the_school(world: World) -> dict[str, object]:
    return {"code": world.school.unit.code}


CHECK_PAGES: dict[str, Page] = {
    "homework:vacation_list": Page(no_arguments, expect(403, teacher=200, head_teacher=200, outside_teacher=200)),
    "homework:vacation_item_add": Page(the_class, expect(403, teacher=200, head_teacher=200, **HIDDEN)),
    "homework:vacation_item_withdraw": Page(
        a_vacation_item, expect(403, teacher=302, academic_office=302, **HIDDEN), method="post"
    ),
    "homework:vacation_poster": Page(a_class_with_a_plan, expect(200, **HIDDEN)),
    "homework:vacation_overview": Page(the_school, expect(403, **OVERSEERS, **HIDDEN)),
    "homework:spot_check_list": Page(
        lambda world: {}, expect(403, **OVERSEERS, outside_academic_office=200, outside_officer=200)
    ),
    "homework:spot_check_school": Page(the_school, expect(403, **OVERSEERS, **HIDDEN)),
    "homework:spot_check_add": Page(the_school, expect(403, academic_office=200, principal=200, **HIDDEN)),
    "homework:spot_check_detail": Page(the_check, expect(403, **OVERSEERS, **HIDDEN)),
    "homework:spot_check_record": Page(a_sample, expect(403, academic_office=200, principal=200, **HIDDEN)),
    "homework:spot_check_finish": Page(
        the_check, expect(403, academic_office=422, principal=422, **HIDDEN), method="post"
    ),
    "homework:spot_check_paper": Page(the_check, expect(403, **OVERSEERS, **HIDDEN)),
    "homework:vacation_end_set": Page(the_school, expect(403, academic_office=422, **HIDDEN), method="post"),
}
