"""Who may open which page of inspections."""

from itertools import count
from typing import Any

from inspections.models import SavedFilter
from tests.access import Page, expect
from tests.inspections import make
from tests.world import World

NUMBERS = count(1)


def a_finding(world: World) -> dict[str, Any]:
    return {"finding_id": make.finding(world.people["supervisor"], world.school.unit).pk}


def a_step(step: str) -> Any:
    return lambda world: a_finding(world) | {"step": step}


def a_visit(world: World) -> dict[str, Any]:
    return {"visit_id": make.visit(world.people["supervisor"], world.school).pk}


def a_file(world: World) -> dict[str, Any]:
    made = make.finding(world.people["supervisor"], world.school.unit, attached=[make.a_document()])
    return {"evidence_id": made.steps.get().files.get().pk}


def the_school(world: World) -> dict[str, Any]:
    return {"code": world.school.unit.code}


# Of a school: those who see its findings, and those who inspect it from above.
READERS = expect(
    403,
    academic_office=200,
    principal=200,
    supervisor=200,
    county_officer=200,
    city_officer=200,
    outside=404,
    liaison=404,
)
INSPECTORS = expect(403, supervisor=200, county_officer=200, city_officer=200, outside=404, liaison=404)

SOMEWHERE = expect(200, teacher=403, head_teacher=403, admin=403, outside_teacher=403)
INSPECTING = expect(403, supervisor=200, county_officer=200, city_officer=200, outside_officer=200)


def a_filter(world: World) -> dict[str, Any]:
    return {"filter_id": SavedFilter.objects.create(user=world.people["supervisor"], name=f"甲{next(NUMBERS)}").pk}


PAGES: dict[str, Page] = {
    "inspections:ledger_workbook": Page(lambda world: {}, SOMEWHERE),
    "inspections:ledger_act": Page(
        lambda world: {}, {person: 302 if status == 200 else status for person, status in INSPECTING.items()}, "post"
    ),
    "inspections:filter_save": Page(
        lambda world: {}, {person: 302 if status == 200 else status for person, status in SOMEWHERE.items()}, "post"
    ),
    "inspections:filter_delete": Page(a_filter, expect(404, supervisor=302), "post"),
    "inspections:overview": Page(lambda world: {}, INSPECTING),
    "inspections:unvisited": Page(lambda world: {}, INSPECTING),
    "inspections:unit_file": Page(the_school, READERS),
    "inspections:ledger": Page(
        lambda world: {}, expect(200, teacher=403, head_teacher=403, admin=403, outside_teacher=403)
    ),
    "inspections:finding_add": Page(the_school, INSPECTORS),
    "inspections:finding_detail": Page(a_finding, READERS),
    # Nothing is said: those whose step it is are asked for words.
    "inspections:finding_step": Page(
        a_step("plan"),
        expect(403, academic_office=422, principal=422, outside=404, liaison=404),
        method="post",
    ),
    "inspections:evidence": Page(a_file, READERS),
    "inspections:visit_list": Page(
        lambda world: {}, expect(200, teacher=403, head_teacher=403, admin=403, outside_teacher=403)
    ),
    "inspections:visit_add": Page(the_school, INSPECTORS),
    "inspections:visit_detail": Page(a_visit, READERS),
    "inspections:visit_edit": Page(
        a_visit,
        expect(403, supervisor=200, outside=404, liaison=404),
    ),
}
