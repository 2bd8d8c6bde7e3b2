"""The pages of courses, groups, people who serve and their hours, as their readers see them."""

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from afterschool.models import Course, CourseGroup, Enrolment, Room, Worker
from afterschool.week import Slot
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY
TUESDAY = Slot(2, dt.time(16), dt.time(17))
HELD_AT = dt.datetime(2026, 10, 14, 9, tzinfo=dt.UTC)


def url(name, *args):
    return reverse(f"afterschool:{name}", args=args)


def text(response):
    return response.content.decode()


def code(world):
    return world.school.unit.code


def group_data(**values):
    data = {
        "name": "乒乓球社团",
        "grades": ["4", "5"],
        "capacity": "30",
        "days_0": ["2", "4"],
        "starts_0": "16:00",
        "ends_0": "17:00",
        "first_day": "2026-10-14",
        "last_day": "2026-10-31",
    }
    return data | values


def queries_of(get):
    with CaptureQueriesContext(connection) as found:
        assert get().status_code == 200
    return len(found)


def test_a_course_is_added(world, signed_in):
    data = {"name": "剪纸", "kind": "arts", "nature": "interest", "about": "", "key": uuid.uuid4()}
    office = signed_in("academic_office")
    for _ in range(2):  # a phone that lost the line sends it again
        assert office.post(url("course_add", code(world)), data).status_code == 302
    assert Course.objects.get().name == "剪纸"


def test_a_lesson_comes_back_with_the_rule_and_what_was_typed(world, signed_in):
    data = {"name": "数学提高班", "kind": "other", "nature": "drill", "about": "每周一练"}
    response = signed_in("academic_office").post(url("course_add", code(world)), data)
    assert response.status_code == 422
    assert "课后服务不得讲授新课或集体补课，这样的课程不能开设。" in text(response)
    assert "每周一练" in text(response)


@pytest.mark.parametrize("name", ["course_add", "worker_add", "pupil_add", "pupil_import"])
def test_an_empty_form_is_answered_in_our_words(world, signed_in, name):
    response = signed_in("academic_office").post(url(name, code(world)), {"csrfmiddlewaretoken": "…"})
    assert response.status_code == 422
    assert "必填项" not in text(response)


def test_a_group_is_opened_with_the_week_in_lines(world, signed_in):
    course, worker = make.course(world.school), make.worker(world)
    data = group_data(worker=worker.pk, days_1=["5"], starts_1="16:30", ends_1="18:00")
    response = signed_in("academic_office").post(url("group_add", course.pk), data)
    assert response.status_code == 302
    assert [slot.name for slot in CourseGroup.objects.get().slots] == [
        "周二16:00—17:00",
        "周四16:00—17:00",
        "周五16:30—18:00",
    ]


def test_half_a_line_of_the_week_is_refused(world, signed_in):
    data = group_data(worker=make.worker(world).pk, days_1=["5"])
    response = signed_in("academic_office").post(url("group_add", make.course(world.school).pk), data)
    assert response.status_code == 422
    assert "星期、开始、结束都要填" in text(response)


def test_a_clash_is_told_at_the_teacher_with_the_other_group(world, signed_in):
    busy = make.group(world)
    response = signed_in("academic_office").post(url("group_add", busy.course_id), group_data(worker=busy.worker_id))
    assert response.status_code == 422
    assert "王语文周二16:00—17:00已有“五年级1班作业辅导”" in text(response)


def test_a_group_is_shown_as_it_is_and_changed(world, signed_in):
    group = make.group(world, slots=[TUESDAY, Slot(3, dt.time(16), dt.time(17)), Slot(5, dt.time(15), dt.time(18))])
    office = signed_in("academic_office")
    form = office.get(url("group_edit", group.pk)).context["form"]
    data = {name: field.value() for name in form.fields if (field := form[name]).value() is not None}
    assert (data["days_0"], data["days_1"], "days_2" in data) == (["2", "3"], ["5"], False)
    data |= {"grades": ["5"], "capacity": "12", "first_day": "2026-10-01"}
    assert office.post(url("group_edit", group.pk), data).status_code == 302
    before = group.slots
    group.refresh_from_db()
    assert (group.capacity, group.slots) == (12, before)


@pytest.mark.parametrize("name", ["course_list", "room_list", "plan_detail"])
@pytest.mark.parametrize("person", ["county_officer", "teacher", "principal", "academic_office"])
def test_the_tabs_lead_nobody_where_she_may_not_go(world, signed_in, person, name):
    client = signed_in(person)
    tabs = re.search(r"service-tabs.*?</nav>", client.get(url(name, code(world))).content.decode(), re.DOTALL)
    addresses = re.findall(r'href="([^"]+)"', tabs[0])
    assert {client.get(address).status_code for address in addresses} == {200}


def test_the_plans_of_an_area_lead_to_its_figures(signed_in):
    assert reverse("reports:service") in text(signed_in("county_officer").get(url("plan_list")))


def test_groups_without_a_fit_teacher_come_first(world, signed_in):
    body = make.body(world, last_day=dt.date(2026, 10, 13))
    coach = make.worker(world, kind="body", body=body, qualification="教练员证")
    make.group(world, worker=coach, name="乒乓球社团")
    page = text(signed_in("academic_office").get(url("course_list", code(world))))
    assert "周师傅10月14日起不能任教" in page
    assert page.index("需要换教师的班组") < page.index("<table")


def test_places_are_counted_today_or_on_the_first_day(world, signed_in):
    group = make.group(world, capacity=2)
    to_come = make.group(world, worker=make.worker(world, "head_teacher"), name="合唱", first_day=dt.date(2026, 10, 20))
    make.enrolment(group, make.pupil(world, 1), last_day=dt.date(2026, 10, 13))  # has left
    make.enrolment(group, make.pupil(world, 2))
    make.enrolment(to_come, make.pupil(world, 3))
    taken = dict(CourseGroup.objects.with_taken(TODAY).values_list("name", "taken"))
    assert taken == {"五年级1班作业辅导": 1, "合唱": 1}
    assert "1/2" in text(signed_in("principal").get(url("course_list", code(world))))


@pytest.fixture
def roster(world):
    """王语文's group with a pupil of 赵数学's class and one of another."""
    group = make.group(world, grades=[4, 5])
    other = factories.ClassGroupFactory(school=world.school, number=2)
    make.enrolment(group, make.pupil(world, 1, name="李小明"))
    make.enrolment(group, make.pupil(world, 2, name="张小红", class_group=other))
    return group


@pytest.mark.parametrize(
    ("person", "readable"),
    [
        ("teacher", {"李小明", "张小红"}),  # the group's
        ("academic_office", {"李小明", "张小红"}),
        ("head_teacher", {"李小明"}),
        ("principal", set()),
        ("supervisor", set()),
        ("county_officer", set()),
        ("city_officer", set()),
    ],
)
def test_names_are_for_the_groups_teacher_the_head_teacher_and_the_office(world, signed_in, roster, person, readable):
    page = text(signed_in(person).get(url("group_detail", roster.pk)))
    assert {name for name in ("李小明", "张小红") if name in page} == readable
    assert "2人，上限40人" in page
    read = AuditEntry.objects.filter(action="pupil.read_names", by=world.people[person])
    assert [entry.detail["pupils"] for entry in read] == ([len(readable)] if readable else [])


def test_another_teacher_sees_counts_only(world, signed_in, roster):
    roster.worker = make.worker(world, "head_teacher")
    roster.save()
    page = text(signed_in("teacher").get(url("group_detail", roster.pk)))
    assert "李小明" not in page


def test_a_teacher_taken_off_the_list_reads_no_names(world, signed_in, roster):
    Worker.objects.filter(pk=roster.worker_id).update(last_day=dt.date(2026, 10, 13))
    assert "李小明" not in text(signed_in("teacher").get(url("group_detail", roster.pk)))


def test_a_group_ends_or_is_taken_back_by_its_page(world, signed_in):
    office = signed_in("academic_office")
    begun = make.group(world)
    to_come = make.group(world, worker=make.worker(world, "head_teacher"), name="合唱", first_day=dt.date(2026, 10, 20))
    assert office.post(url("group_end", begun.pk), {"last_day": "2026-10-16"}).status_code == 302
    assert office.post(url("group_end", begun.pk), {"last_day": "2026-10-30"}).status_code == 422
    assert office.post(url("group_end", begun.pk), {"take_back": "on"}).status_code == 422
    assert office.post(url("group_end", to_come.pk), {"take_back": "on"}).status_code == 302
    assert list(CourseGroup.objects.values_list("last_day", flat=True)) == [dt.date(2026, 10, 16)]


def test_pupils_are_ticked_into_a_group(world, signed_in):
    group = make.group(world)
    busy, free = make.pupil(world, 1), make.pupil(world, 2)
    other = make.group(world, worker=make.worker(world, "head_teacher"), name="合唱")
    make.enrolment(other, busy)
    office = signed_in("academic_office")
    page = text(office.get(url("group_enrol", group.pk)))
    assert "周一16:00—17:00已在“合唱”" in page
    data = {"pupils": [busy.pk, free.pk], "first_day": "2026-10-15"}
    refused = office.post(url("group_enrol", group.pk), data)
    assert (refused.status_code, Enrolment.objects.filter(group=group).count()) == (422, 0)
    assert f'value="{free.pk}" checked' in text(refused)  # what was ticked stays ticked
    key = uuid.uuid4()
    for _ in range(2):
        response = office.post(
            url("group_enrol", group.pk), {"pupils": [free.pk], "first_day": "2026-10-15", "key": key}
        )
        assert response.status_code == 302
    assert Enrolment.objects.get(group=group).first_day == dt.date(2026, 10, 15)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"act": "leave", "last_day": "2026-10-16"}, 302),
        ({"act": "leave", "last_day": "2026-09-16"}, 422),
        ({"act": "leave", "last_day": "x"}, 422),
        ({"act": "take_back"}, 422),
        ({}, 422),
    ],
)
def test_leaving_by_its_page(world, signed_in, data, status):
    row = make.enrolment(make.group(world), make.pupil(world))
    assert signed_in("academic_office").post(url("group_leave", row.pk), data).status_code == status


def test_moving_by_its_page(world, signed_in):
    row = make.enrolment(make.group(world), make.pupil(world))
    other = make.group(world, worker=make.worker(world, "head_teacher"), name="合唱")
    data = {"act": "move", "group": other.pk, "first_day": "2026-10-15"}
    assert signed_in("academic_office").post(url("group_leave", row.pk), data).status_code == 302
    assert Enrolment.objects.get(group=other).first_day == dt.date(2026, 10, 15)


def test_expiring_qualifications_come_first(world, signed_in):
    make.worker(world)
    for name, until in (("甲", dt.date(2027, 9, 1)), ("乙", dt.date(2026, 11, 1)), ("丙", dt.date(2026, 10, 1))):
        make.worker(world, kind="outside", name=name, qualification="教师资格证", qualified_until=until)
    rows = signed_in("academic_office").get(url("worker_list", code(world))).context["rows"]
    assert [(str(worker), state, tone) for worker, state, tone in rows] == [
        ("丙", "资质2026年10月1日到期", "bad"),
        ("乙", "11月1日到期", "warn"),
        ("甲", "在岗", "good"),
        ("王语文", "在岗", "good"),
    ]


def test_somebody_is_added_corrected_and_ended_by_the_pages(world, signed_in):
    office = signed_in("academic_office")
    data = {"kind": "outside", "name": "周师傅", "qualification": "教练员证", "first_day": "2026-10-14"}
    assert office.post(url("worker_add", code(world)), data).status_code == 302
    worker = Worker.objects.get()
    edited = {"name": "周教练", "qualification": "教练员证", "qualified_until": "2027-07-01"}
    assert office.post(url("worker_edit", worker.pk), edited).status_code == 302
    make.group(world, worker=worker, first_day=TODAY)
    response = office.post(url("worker_end", worker.pk), {"last_day": "2026-10-20"}, follow=True)
    assert "有1个班组之后没有教师" in text(response)
    worker.refresh_from_db()
    assert (worker.name, worker.last_day) == ("周教练", dt.date(2026, 10, 20))


def test_rooms_are_added_closed_and_opened_again(world, signed_in):
    office = signed_in("academic_office")
    assert office.post(url("room_list", code(world)), {"name": "操场"}).status_code == 302
    assert office.post(url("room_list", code(world)), {"name": "操场"}).status_code == 422
    room = Room.objects.get()
    for data, is_closed in (({}, True), ({"reopen": "on"}, False)):
        office.post(url("room_close", room.pk), data)
        room.refresh_from_db()
        assert room.is_closed == is_closed


def test_only_the_office_adds_rooms(world, signed_in):
    assert signed_in("principal").post(url("room_list", code(world)), {"name": "操场"}).status_code == 403


def test_everybody_sees_her_own_hours_only(world, signed_in):
    group = make.group(world)
    make.session(group, dt.date(2026, 10, 12), state="held", recorded_at=HELD_AT)
    make.session(group, dt.date(2026, 10, 13), state="held", recorded_at=HELD_AT)
    assert "共<strong>2</strong>次，<strong>2小时</strong>" in text(signed_in("teacher").get(url("my_hours")))
    assert "不在课后服务人员名单上" in text(signed_in("head_teacher").get(url("my_hours")))


def test_hours_of_the_school_stand_in_name_order(world, signed_in):
    group = make.group(world)
    make.worker(world, kind="volunteer", name="丁老师")
    make.session(group, dt.date(2026, 10, 12), state="held", recorded_at=HELD_AT)
    rows = signed_in("academic_office").get(url("school_hours", code(world))).context["rows"]
    assert [str(worker) for worker, _, _ in rows] == sorted(str(worker) for worker, _, _ in rows)
    assert [total.sessions for _, _, total in rows] == [0, 1]


def a_full_school(world, groups, pupils, start=0):
    """Further groups, each with a teacher of its own who comes from a body, and pupils of a further class."""
    body, office = make.body(world, name=f"机构{start}"), world.people["academic_office"]
    for number in range(start, start + groups):
        coach = make.worker(world, kind="body", body=body, qualification="教练员证", name=f"教练{number}")
        course = make.course(world.school, f"课程{number}", "sport", "interest")
        group = make.group(
            world, course=course, worker=coach, name=f"社团{number}", room=make.room(world.school, f"场地{number}")
        )
        other = factories.ClassGroupFactory(school=world.school, number=10 + number)
        for place in range(pupils):
            make.enrolment(group, make.pupil(world, 100 * number + place, class_group=other), made_by=office)
            make.enrolment(make_base(world), make.pupil(world, 50 + 100 * number + place))
    return group


def make_base(world):
    return CourseGroup.objects.filter(name="五年级1班作业辅导").first() or make.group(world, capacity=200)


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("academic_office", "course_list"),
        ("principal", "course_list"),
        ("academic_office", "group_detail"),
        ("teacher", "group_detail"),
        ("head_teacher", "group_detail"),
        ("principal", "group_detail"),
        ("academic_office", "group_enrol"),
        ("academic_office", "pupil_list"),
        ("head_teacher", "pupil_list"),
        ("academic_office", "worker_list"),
        ("academic_office", "room_list"),
        ("academic_office", "school_hours"),
    ],
)
def test_no_page_asks_more_for_more_rows(world, signed_in, person, name):
    a_full_school(world, 1, 1)
    base = make_base(world)
    make.pupil(world, 9000)
    address = url(name, base.pk if name.startswith("group") else code(world))
    client = signed_in(person)
    client.get(address)
    few = queries_of(lambda: client.get(address))
    a_full_school(world, 4, 3, start=1)
    for number in range(9001, 9006):
        make.pupil(world, number)
    assert queries_of(lambda: client.get(address)) == few
