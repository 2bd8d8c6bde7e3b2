"""Who may open which page of a day of after-school service; tests/afterschool/pages.py takes them in."""

from afterschool.models import CourseGroup, Duty, Incident, Session, Worker
from tests import factories
from tests.access import Page, expect
from tests.afterschool import make
from tests.world import World

# The liaison's department lies beside the schools: to her they do not exist.
HIDDEN = {"outside": 404, "liaison": 404}
SERVE = {"teacher": 200, "head_teacher": 200, "academic_office": 200, "principal": 200}
OVERSEERS = {"academic_office": 200, "principal": 200, "supervisor": 200, "county_officer": 200, "city_officer": 200}
OFFICE = {"academic_office": 200}


def a_worker(world: World, person: str) -> Worker:
    """She who is on the list, or put on it: pages are also seen one after the other in one world."""
    listed = Worker.objects.filter(school=world.school, user=world.people[person])
    return listed.first() or make.worker(world, person)


def the_group(world: World) -> CourseGroup:
    """Of 语文's teacher, with one pupil."""
    teacher = a_worker(world, "teacher")
    if found := CourseGroup.objects.filter(worker=teacher, enrolments__isnull=False).first():
        return found
    group = make.group(world, worker=teacher)
    make.enrolment(group, make.pupil(world, code="20220101"))
    return group


def a_session(world: World) -> Session:
    group = the_group(world)
    return group.sessions.on(factories.TODAY).first() or make.session(group, factories.TODAY, expected=1)


def session(world: World) -> dict[str, object]:
    return {"session_id": a_session(world).pk}


def group(world: World) -> dict[str, object]:
    return {"group_id": the_group(world).pk}


def school(world: World) -> dict[str, object]:
    a_session(world)
    return {"code": world.school.unit.code}


def duty(world: World) -> dict[str, object]:
    made = Duty.objects.create(
        school=world.school,
        day=factories.TODAY,
        kind="lead",
        worker=a_worker(world, "principal"),
        starts_at=make.FOUR,
        ends_at=make.SIX,
        made_by=world.people["academic_office"],
    )
    return {"duty_id": made.pk}


def incident(world: World) -> dict[str, object]:
    made = Incident.objects.create(
        school=world.school,
        day=factories.TODAY,
        happened_at=make.FOUR,
        what="一名学生摔倒",
        reported_by=world.teacher,
    )
    return {"incident_id": made.pk}


OUTSIDERS_SERVE = {"outside_teacher": 200, "outside_academic_office": 200}

DAILY_PAGES: dict[str, Page] = {
    "afterschool:today": Page(lambda world: {}, expect(403, **SERVE, **OUTSIDERS_SERVE)),
    "afterschool:roll_call": Page(session, expect(403, teacher=200, **OFFICE, **HIDDEN)),
    "afterschool:session_cancel": Page(session, expect(403, teacher=200, **OFFICE, **HIDDEN)),
    "afterschool:session_substitute": Page(session, expect(403, **OFFICE, **HIDDEN)),
    "afterschool:session_paper": Page(group, expect(403, teacher=200, **OFFICE, **HIDDEN)),
    "afterschool:activity_record": Page(group, expect(403, teacher=200, **OVERSEERS, **HIDDEN)),
    "afterschool:activity_record_paper": Page(group, expect(403, teacher=200, **OVERSEERS, **HIDDEN)),
    "afterschool:session_list": Page(school, expect(403, **OVERSEERS, **HIDDEN)),
    "afterschool:session_make": Page(school, expect(403, academic_office=422, **HIDDEN), method="post"),
    "afterschool:session_papers": Page(school, expect(403, **OFFICE, **HIDDEN)),
    "afterschool:session_counts": Page(school, expect(403, **OFFICE, **HIDDEN)),
    "afterschool:day_break": Page(school, expect(403, **OFFICE, **HIDDEN)),
    "afterschool:day_resume": Page(school, expect(403, academic_office=302, **HIDDEN), method="post"),
    "afterschool:duty_list": Page(school, expect(403, **SERVE, **HIDDEN)),
    "afterschool:duty_set": Page(school, expect(403, **OFFICE, **HIDDEN)),
    "afterschool:duty_copy": Page(school, expect(403, academic_office=302, **HIDDEN), method="post"),
    "afterschool:duty_remove": Page(duty, expect(403, academic_office=302, **HIDDEN), method="post"),
    "afterschool:incident_list": Page(school, expect(403, academic_office=200, principal=200, **HIDDEN)),
    "afterschool:incident_add": Page(school, expect(403, **SERVE, **HIDDEN)),
    "afterschool:incident_detail": Page(
        incident, expect(403, teacher=200, academic_office=200, principal=200, **HIDDEN)
    ),
    "afterschool:incident_follow_up": Page(
        incident, expect(403, teacher=422, academic_office=422, principal=422, **HIDDEN), method="post"
    ),
    "afterschool:incident_close": Page(
        incident, expect(403, academic_office=422, principal=422, **HIDDEN), method="post"
    ),
}
