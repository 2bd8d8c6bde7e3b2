"""Who may open which page of inspections."""

from itertools import count
from typing import Any

from inspections.models import SavedFilter
from inspections.services import findings, letters, visits
from tests import factories
from tests.access import Page, expect
from tests.inspections import make
from tests.training import make as make_training
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
def an_institution(world: World) -> dict[str, Any]:
    """With a visit, what was found there and a complaint."""
    officer = world.people["county_officer"]
    institution = make_training.institution(officer, world.county, f"启航第{next(NUMBERS)}培训学校")
    visit = visits.add_visit(by=officer, institution=institution, day=factories.TODAY, kind="enforcement")
    said = {"category": "disguised", "severity": "major", "what": "周末上学科课", "found_on": factories.TODAY}
    findings.open_finding(by=officer, institution=institution, visit=visit, **said)
    make.complaint(world.county, target_name=institution.name)
    return {"institution_id": institution.pk}


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


def a_complaint(world: World) -> dict[str, Any]:
    return {"complaint_id": make.complaint(world.county).pk}


def an_accepted_one(world: World) -> dict[str, Any]:
    made = make.complaint_brought_to("accepted", make.complaint(world.county), world.people["county_officer"])
    return {"complaint_id": made.pk}


def a_complaint_step(world: World) -> dict[str, Any]:
    return a_complaint(world) | {"step": "reject"}


def a_picture(world: World) -> dict[str, Any]:
    made = make.complaint(world.county, pictures=[make.a_picture()])
    return {"picture_id": made.pictures.get().pk}


def a_letter(world: World) -> dict[str, Any]:
    """A draft of the county's to the school."""
    return {"letter_id": make.letter(world.people["county_officer"], world.county, world.school.unit).pk}


def an_issued_letter(world: World) -> dict[str, Any]:
    letter = make.letter(world.people["county_officer"], world.county, world.school.unit)
    return {"letter_id": letters.issue(by=world.people["county_officer"], letter=letter).pk}


DRAFT = expect(404, county_officer=200)
ISSUED = expect(404, county_officer=200, supervisor=200, city_officer=200, principal=200, academic_office=200)

# Of a county's complaint: its officers, and those of the city above, who only look; the school never learns of it.
HANDLING = expect(404, county_officer=200, city_officer=200)
ANYBODY = expect(200, anonymous=200)

# A training institution lies below its county alone.
BUREAU = {"supervisor": 200, "county_officer": 200, "city_officer": 200}

PAGES: dict[str, Page] = {
    "inspections:letter_list": Page(lambda world: {}, SOMEWHERE),
    "inspections:letter_write": Page(
        the_school, expect(403, county_officer=200, city_officer=200, outside=404, liaison=404)
    ),
    "inspections:letter_detail": Page(an_issued_letter, ISSUED),
    "inspections:letter_pdf": Page(a_letter, DRAFT),
    "inspections:letter_edit": Page(a_letter, DRAFT),
    # Once the county has issued it, the city above sees it, and has nothing to issue.
    "inspections:letter_issue": Page(a_letter, expect(404, county_officer=302, city_officer=403), "post"),
    "inspections:letter_discard": Page(a_letter, expect(404, county_officer=302), "post"),
    "inspections:letter_read": Page(
        an_issued_letter,
        expect(404, county_officer=403, supervisor=403, city_officer=403, principal=302, academic_office=302),
        "post",
    ),
    "inspections:report_index": Page(lambda world: {}, ANYBODY),
    "inspections:report": Page(lambda world: {"code": world.county.code}, ANYBODY),
    "inspections:report_follow": Page(lambda world: {}, ANYBODY),
    "inspections:report_rate": Page(lambda world: {}, expect(422, anonymous=422), "post"),
    "inspections:complaint_list": Page(
        lambda world: {}, expect(403, county_officer=200, city_officer=200, liaison=200, outside_officer=200)
    ),
    "inspections:complaint_add": Page(
        lambda world: {}, expect(403, county_officer=200, city_officer=200, liaison=200, outside_officer=200)
    ),
    "inspections:complaint_detail": Page(a_complaint, HANDLING),
    "inspections:complaint_picture": Page(a_picture, HANDLING),
    "inspections:complaint_step": Page(
        a_complaint_step, HANDLING | {"county_officer": 422, "city_officer": 403}, "post"
    ),
    "inspections:complaint_identity": Page(an_accepted_one, HANDLING | {"city_officer": 403}, "post"),
    "inspections:complaint_target": Page(an_accepted_one, HANDLING | {"city_officer": 403}),
    "inspections:complaint_finding": Page(an_accepted_one, HANDLING | {"city_officer": 403}),
    "inspections:complaint_link": Page(a_complaint, HANDLING | {"county_officer": 302, "city_officer": 403}, "post"),
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
    "inspections:institution_file": Page(an_institution, expect(404, **BUREAU, admin=403)),
    "inspections:institution_finding_add": Page(an_institution, expect(404, **BUREAU, admin=403)),
    "inspections:institution_visit_add": Page(an_institution, expect(404, **BUREAU, admin=403)),
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
