"""Who may open which page of courses, people who serve, groups and pupils; tests/afterschool/pages.py takes them in."""

from afterschool.models import CourseGroup, Enrolment, Pupil, Worker
from tests.access import Page, expect
from tests.afterschool import make
from tests.world import World

# The liaison's department lies beside the schools: to her they do not exist.
HIDDEN = {"outside": 404, "liaison": 404}
INSIDERS = expect(200, admin=403, **HIDDEN)
OFFICE = expect(403, academic_office=200, **HIDDEN)
PEOPLE_WHO_SERVE = ("teacher", "head_teacher", "academic_office", "principal")


def the_school(world: World) -> dict[str, object]:
    return {"code": world.school.unit.code}


def a_group(world: World) -> CourseGroup:
    """Pages may share a world."""
    return CourseGroup.objects.first() or make.group(world)


def the_course(world: World) -> dict[str, object]:
    return {"course_id": a_group(world).course_id}


def the_group(world: World) -> dict[str, object]:
    return {"group_id": a_group(world).pk}


def a_pupil(world: World) -> dict[str, object]:
    return {"pupil_id": (Pupil.objects.first() or make.pupil(world)).pk}


def an_enrolment(world: World) -> dict[str, object]:
    there = Enrolment.objects.first()
    return {"enrolment_id": (there or make.enrolment(a_group(world), make.pupil(world))).pk}


def a_worker(world: World) -> dict[str, object]:
    return {"worker_id": (Worker.objects.first() or make.worker(world)).pk}


COURSE_PAGES: dict[str, Page] = {
    "afterschool:course_list": Page(the_school, INSIDERS),
    "afterschool:course_add": Page(the_school, OFFICE),
    "afterschool:course_edit": Page(the_course, OFFICE),
    "afterschool:room_list": Page(the_school, INSIDERS),
    "afterschool:room_close": Page(
        lambda world: {"room_id": make.room(world.school).pk},
        expect(403, academic_office=302, **HIDDEN),
        method="post",
    ),
    "afterschool:group_add": Page(the_course, OFFICE),
    "afterschool:group_detail": Page(the_group, INSIDERS),
    "afterschool:group_edit": Page(the_group, OFFICE),
    "afterschool:group_end": Page(the_group, OFFICE),
    "afterschool:group_enrol": Page(the_group, OFFICE),
    "afterschool:group_leave": Page(an_enrolment, OFFICE),
    "afterschool:worker_list": Page(the_school, OFFICE),
    "afterschool:worker_add": Page(the_school, OFFICE),
    "afterschool:worker_edit": Page(a_worker, OFFICE),
    "afterschool:worker_end": Page(a_worker, OFFICE),
    "afterschool:my_hours": Page(
        lambda world: {},
        expect(403, **dict.fromkeys(PEOPLE_WHO_SERVE, 200), outside_teacher=200, outside_academic_office=200),
    ),
    "afterschool:school_hours": Page(the_school, OFFICE),
    "afterschool:pupil_list": Page(the_school, OFFICE | {"head_teacher": 200}),
    "afterschool:pupil_add": Page(the_school, OFFICE),
    "afterschool:pupil_edit": Page(a_pupil, OFFICE),
    "afterschool:pupil_import": Page(the_school, OFFICE),
    "afterschool:pupil_import_template": Page(the_school, OFFICE),
}
