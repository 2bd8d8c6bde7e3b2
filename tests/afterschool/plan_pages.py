"""Who may open which page of plans and of the list of admitted bodies; tests/afterschool/pages.py takes them in."""

from afterschool.models import AdmittedBody, Plan
from tests.access import OUTSIDERS, Page, expect
from tests.afterschool import make
from tests.world import World

# The liaison's department lies beside the schools: to her they do not exist.
HIDDEN = {"outside": 404, "liaison": 404}
HIDDEN_FROM = dict.fromkeys(("liaison", *OUTSIDERS), 404)
INSIDE = expect(200, **HIDDEN)


def no_arguments(world: World) -> dict[str, object]:
    return {}


def the_school(world: World) -> dict[str, object]:
    return {"code": world.school.unit.code}


def a_plan(world: World, state: str) -> Plan:
    """The same for each page of one world, as when all are walked through."""
    return Plan.objects.filter(school=world.school, state=state).first() or make.plan(world, state=state)


def two_versions(world: World) -> dict[str, object]:
    for state in (Plan.State.FILED, Plan.State.SUBMITTED):
        a_plan(world, state)
    return the_school(world)


def a_draft(world: World) -> dict[str, object]:
    return {"plan_id": a_plan(world, Plan.State.DRAFT).pk}


def one_waiting(world: World) -> dict[str, object]:
    return {"plan_id": a_plan(world, Plan.State.SUBMITTED).pk}


def a_body(world: World) -> dict[str, object]:
    return {"body_id": (AdmittedBody.objects.first() or make.body(world)).pk}


PLAN_PAGES: dict[str, Page] = {
    "afterschool:plan_list": Page(
        no_arguments,
        expect(
            403,
            academic_office=302,
            principal=302,
            supervisor=200,
            county_officer=200,
            city_officer=200,
            outside_academic_office=302,
            outside_officer=200,
        ),
    ),
    "afterschool:plan_detail": Page(the_school, INSIDE),
    "afterschool:plan_write": Page(the_school, expect(403, academic_office=200, **HIDDEN)),
    "afterschool:plan_compare": Page(two_versions, INSIDE),
    "afterschool:plan_pdf": Page(lambda world: two_versions(world) | {"version": 2}, INSIDE),
    "afterschool:plan_submit": Page(a_draft, expect(403, academic_office=302, **HIDDEN), method="post"),
    "afterschool:plan_return": Page(one_waiting, expect(403, county_officer=422, **HIDDEN), method="post"),
    "afterschool:plan_file": Page(one_waiting, expect(403, county_officer=422, **HIDDEN), method="post"),
    "afterschool:body_list": Page(
        no_arguments,
        expect(
            403,
            academic_office=200,
            principal=200,
            supervisor=200,
            county_officer=200,
            city_officer=200,
            outside_academic_office=200,
            outside_officer=200,
        ),
    ),
    "afterschool:body_add": Page(no_arguments, expect(403, county_officer=200, outside_officer=200)),
    "afterschool:body_end": Page(a_body, expect(403, county_officer=200) | HIDDEN_FROM),
}
