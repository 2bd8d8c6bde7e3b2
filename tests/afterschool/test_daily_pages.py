"""Pages of a day: what they show to whom, what they keep of a refused form, and how little they ask of the database."""

import datetime as dt
import re
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import AuditEntry
from afterschool.models import Absence, Duty, Incident, ServiceBreak, Session
from afterschool.services import duties, incidents, sessions
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db

TODAY = factories.TODAY
TODAY_PAGE = reverse("afterschool:today")


def url(name, *args):
    return reverse(f"afterschool:{name}", args=args)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def pdf_text(response):
    return "".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.fixture
def group(world):
    """Of 王语文, with fifty pupils."""
    group = make.group(world, capacity=60)
    for number in range(1, 51):
        make.enrolment(group, make.pupil(world, number))
    return group


@pytest.fixture
def session(group):
    return make.session(group, TODAY, expected=50)


@pytest.fixture
def pupils(group):
    return list(group.enrolments.order_by("pupil__code").values_list("pupil", flat=True))


@pytest.fixture
def code(world):
    return world.school.unit.code


def more_sessions(world, count):
    """Of another group each, with its own teacher."""
    for number in range(count):
        worker = make.worker(world, kind="volunteer", name=f"志愿者{number}")
        make.session(make.group(world, worker=worker, name=f"社团{number}"), TODAY)


# --- Today ---


def test_a_teacher_sees_her_sessions_and_who_is_on_duty(world, session, signed_in):
    more_sessions(world, 1)
    Duty.objects.create(
        school=world.school,
        day=TODAY,
        kind="lead",
        worker=make.worker(world, "principal"),
        starts_at=make.FOUR,
        ends_at=make.SIX,
        made_by=world.teacher,
    )
    page = text(signed_in("teacher").get(TODAY_PAGE))
    assert "五年级1班作业辅导 应到50" in page
    assert "社团0" not in page
    assert "值班领导 孙校长" in page


def test_who_stands_in_sees_the_session_too(world, session, signed_in):
    helper = make.worker(world, "head_teacher")
    duties.substitute(by=world.people["academic_office"], session=session, worker=helper)
    assert "代王语文" in text(signed_in("head_teacher").get(TODAY_PAGE))
    assert "由赵数学代班" in text(signed_in("teacher").get(TODAY_PAGE))
    assert signed_in("head_teacher").get(url("roll_call", session.pk)).status_code == 200


def test_an_open_incident_stays_on_the_principal_s_page_until_it_is_closed(world, signed_in):
    incident = incidents.report_incident(
        by=world.teacher, school=world.school, day=TODAY, happened_at=make.FOUR, what="一名学生摔倒"
    )
    assert "一名学生摔倒" in text(signed_in("principal").get(TODAY_PAGE))
    assert "一名学生摔倒" in text(signed_in("teacher").get(TODAY_PAGE))
    assert "一名学生摔倒" not in text(signed_in("head_teacher").get(TODAY_PAGE))
    incidents.close_incident(by=world.people["principal"], incident=incident, outcome="已处理")
    assert "一名学生摔倒" not in text(signed_in("principal").get(TODAY_PAGE))


def test_many_sessions_ask_no_more(world, session, signed_in):
    client = signed_in("teacher")
    few = queries(client, TODAY_PAGE)
    for hour in (9, 10, 11):
        slots = make.every_day(dt.time(hour), dt.time(hour + 1))
        make.session(make.group(world, worker=session.group.worker, name=f"社团{hour}", slots=slots), TODAY)
    assert queries(client, TODAY_PAGE) == few <= 11


# --- The roll ---


def test_fifty_pupils_take_eight_queries(session, pupils, signed_in):
    client = signed_in("teacher")
    assert queries(client, url("roll_call", session.pk)) <= 8
    Absence.objects.bulk_create(Absence(session=session, pupil_id=pk, kind="absent") for pk in pupils[:20])
    assert queries(client, url("roll_call", session.pk)) <= 8


def test_the_roll_is_saved_in_one_request(session, pupils, signed_in):
    client = signed_in("teacher")
    data = {
        f"mark_{pupils[0]}": "absent",
        f"mark_{pupils[1]}": "left_early",
        f"left_{pupils[1]}": "16:40",
        f"by_{pupils[1]}": "爷爷",
        "content": "完成作业",
    }
    response = client.post(url("roll_call", session.pk), data)
    assert (response.status_code, response.url) == (302, f"{TODAY_PAGE}?day=2026-10-14")
    session.refresh_from_db()
    assert (session.state, session.present, session.absent, session.left_early) == ("held", 49, 1, 1)
    page = client.get(url("roll_call", session.pk)).content.decode()
    assert '<option value="absent" selected>' in page
    assert 'value="16:40"' in page


def test_the_outbox_gets_an_answer_without_a_page_and_only_its_own_account_may_send(world, session, signed_in):
    client = signed_in("teacher")
    other = {"X-Written-By": str(world.people["head_teacher"].pk)}
    assert client.post(url("roll_call", session.pk), headers=other).status_code == 409
    own = {"X-Written-By": str(world.teacher.pk), "HX-Request": "true"}
    assert client.post(url("roll_call", session.pk), headers=own).status_code == 204
    assert Session.objects.get().state == "held"


def test_early_leaving_without_time_or_person_is_refused_and_what_was_typed_stays(session, pupils, signed_in):
    data = {f"mark_{pupils[0]}": "left_early", f"by_{pupils[0]}": "奶奶", "content": "练字"}
    response = signed_in("teacher").post(url("roll_call", session.pk), data)
    assert response.status_code == 422
    page = response.content.decode()
    assert "20220001：请填写接走时间" in page
    assert "奶奶" in page
    assert "练字" in page
    assert Session.objects.get().state == "planned"


def test_names_are_looked_at_on_record_and_stay_in_no_cache(world, session, signed_in):
    response = signed_in("teacher").get(url("roll_call", session.pk))
    assert "学生50" in text(response)
    assert "no-store" in response["Cache-Control"]
    entry = AuditEntry.objects.get(action="roster.view")
    assert (entry.by, entry.detail) == (world.teacher, {"session": session.pk})


@pytest.mark.parametrize("person", ["academic_office", "principal", "county_officer"])
def test_lists_show_counts_and_no_pupil(session, pupils, signed_in, code, person):
    Absence.objects.create(session=session, pupil_id=pupils[0], kind="absent")
    pages = [url("session_list", code), url("activity_record", session.group_id)]
    client = signed_in(person)
    assert all("学生1" not in text(client.get(page)) for page in pages)


# --- Paper ---


def test_the_week_s_list_is_printed_with_its_days(world, session, signed_in):
    response = signed_in("academic_office").get(url("session_paper", session.group_id))
    said = pdf_text(response)
    assert response["Content-Type"] == "application/pdf"
    assert "学生50" in said
    assert "10月12日" in said
    assert "10月16日" in said
    assert AuditEntry.objects.filter(action="roster.print").count() == 1


def test_one_day_s_list_has_that_day_alone(session, signed_in):
    said = pdf_text(signed_in("teacher").get(url("session_paper", session.group_id) + "?span=day"))
    assert "10月14日" in said
    assert "10月15日" not in said


def test_all_lists_of_the_week_are_printed_a_page_each(world, session, signed_in, code):
    more_sessions(world, 1)
    response = signed_in("academic_office").get(url("session_papers", code))
    pages = [page.extract_text() for page in PdfReader(BytesIO(response.content)).pages]
    assert "学生50" in "".join(pages[:-1])
    assert "社团0" in pages[-1]
    assert "学生" not in pages[-1].replace("含学生姓名", "")


def test_a_day_s_paper_lists_are_entered_in_one_go(world, session, signed_in, code):
    more_sessions(world, 2)
    others = list(Session.objects.exclude(pk=session.pk).order_by("pk"))
    ticked = {f"s{one.pk}-is_entered": "on" for one in (session, others[0])}
    counts = {f"s{session.pk}-absent": "2", f"s{others[0].pk}-expected": "18", f"s{others[0].pk}-on_leave": "1"}
    client = signed_in("academic_office")
    assert client.post(url("session_counts", code), ticked | counts).status_code == 302
    assert [(one.state, one.expected, one.absent, one.on_leave) for one in Session.objects.order_by("pk")] == [
        ("held", 50, 2, 0),
        ("held", 18, 0, 1),
        ("planned", 0, 0, 0),
    ]


def test_a_wrong_paper_list_keeps_all_from_being_entered_and_what_was_typed(world, session, signed_in, code):
    more_sessions(world, 1)
    other = Session.objects.exclude(pk=session.pk).get()
    data = {f"s{one.pk}-is_entered": "on" for one in (session, other)} | {f"s{other.pk}-expected": "99"}
    response = signed_in("academic_office").post(url("session_counts", code), data)
    assert response.status_code == 422
    assert "人数上限40" in text(response)
    assert 'value="99"' in response.content.decode()
    assert not Session.objects.held().exists()


def test_many_paper_lists_ask_no_more(world, session, signed_in, code):
    client = signed_in("academic_office")
    few = queries(client, url("session_counts", code))
    more_sessions(world, 5)
    assert queries(client, url("session_counts", code)) == few


# --- The school's day ---


def test_missing_rolls_come_first(world, session, signed_in, code):
    more_sessions(world, 1)
    Session.objects.filter(pk=session.pk).update(state="held", recorded_at=dt.datetime(2026, 10, 14, tzinfo=dt.UTC))
    page = text(signed_in("principal").get(url("session_list", code)))
    assert page.index("社团0") < page.index("五年级1班作业辅导")


def test_many_sessions_of_a_school_ask_no_more(world, session, signed_in, code):
    client = signed_in("academic_office")
    few = queries(client, url("session_list", code))
    more_sessions(world, 5)
    assert queries(client, url("session_list", code)) == few


def test_the_office_has_missing_sessions_made(world, group, signed_in, code):
    client = signed_in("academic_office")
    response = client.post(url("session_make", code), {"day": "2026-10-15", "weekday": ""})
    assert response.status_code == 302
    assert Session.objects.get().day == dt.date(2026, 10, 15)
    again = client.post(url("session_make", code) + "?day=2026-10-15", {"day": "2026-10-15", "weekday": ""})
    assert again.status_code == 422
    assert "没有可生成的安排" in text(again)


def test_a_session_not_held_says_why(session, signed_in):
    client = signed_in("teacher")
    assert "请写明原因" in text(client.post(url("session_cancel", session.pk), {"reason": ""}))
    assert client.post(url("session_cancel", session.pk), {"reason": "研学"}).status_code == 302
    assert "原因：研学" in text(client.get(TODAY_PAGE))


def test_a_day_is_stopped_and_taken_back(world, session, signed_in, code):
    client = signed_in("academic_office")
    client.post(url("day_break", code), {"day": "2026-10-14", "reason": "运动会"})
    assert "停止课后服务：运动会" in text(client.get(url("session_list", code)))
    client.post(url("day_resume", code) + "?day=2026-10-14")
    assert not ServiceBreak.objects.exists()
    assert "请选择日期" in text(client.post(url("day_break", code), {"reason": "运动会"}))


# --- Duties ---


def test_who_stands_in_is_chosen_among_the_free(world, session, signed_in, code):
    helper = make.worker(world, "head_teacher")
    make.worker(world, kind="retired", name="吴退休", last_day=dt.date(2026, 10, 13))
    client = signed_in("academic_office")
    page = text(client.get(url("session_substitute", session.pk)))
    assert "赵数学" in page
    assert "吴退休" not in page
    response = client.post(url("session_substitute", session.pk), {"worker": helper.pk})
    assert response.url == f"{url('session_list', code)}?day=2026-10-14"
    assert Session.objects.get().worker == helper


def test_a_clash_is_told_in_words(world, session, signed_in):
    helper = make.worker(world, "head_teacher")
    make.group(world, worker=helper, name="合唱")
    response = signed_in("academic_office").post(url("session_substitute", session.pk), {"worker": helper.pk})
    assert response.status_code == 422
    assert "赵数学这个时间已有安排：合唱 16:00—17:00" in text(response)


def test_a_duty_is_set_seen_and_taken_off(world, signed_in, code):
    lead = make.worker(world, "principal")
    data = {"day": "2026-10-15", "kind": "lead", "worker": lead.pk, "starts_at": "16:00", "ends_at": "18:00"}
    client = signed_in("academic_office")
    assert client.post(url("duty_set", code), data).status_code == 302
    assert "值班领导 孙校长" in text(signed_in("teacher").get(url("duty_list", code)))
    client = signed_in("academic_office")
    client.post(url("duty_remove", Duty.objects.get().pk))
    assert "值班领导 孙校长" not in text(client.get(url("duty_list", code)))


@pytest.mark.parametrize(
    ("field", "words"),
    [("worker", "请选择人员"), ("day", "请选择日期"), ("kind", "请选择值班类型"), ("starts_at", "请填写开始时间")],
)
def test_an_empty_field_of_a_duty_says_what_to_do(world, signed_in, code, field, words):
    data = {"day": "2026-10-15", "kind": "lead", "worker": "1", "starts_at": "16:00", "ends_at": "18:00", field: ""}
    assert words in text(signed_in("academic_office").post(url("duty_set", code), data))


def test_a_week_of_many_duties_asks_no_more(world, signed_in, code):
    client = signed_in("teacher")
    few = queries(client, url("duty_list", code))
    for number in range(5):
        Duty.objects.create(
            school=world.school,
            day=TODAY,
            kind="patrol",
            worker=make.worker(world, kind="volunteer", name=f"志愿者{number}"),
            starts_at=make.FOUR,
            ends_at=make.SIX,
            made_by=world.teacher,
        )
    assert queries(client, url("duty_list", code)) == few


# --- Incidents ---


def test_an_incident_is_reported_followed_and_closed(world, session, signed_in, code):
    data = {"day": "2026-10-14", "happened_at": "16:20", "what": "一名学生摔倒", "guardian_told_at": "16:30"}
    address = f"{url('incident_add', code)}?session={session.pk}"
    assert signed_in("teacher").post(address, data).status_code == 302
    incident = Incident.objects.get()
    assert incident.session == session
    principal = signed_in("principal")
    assert "未办结" in text(principal.get(url("incident_list", code)))
    principal.post(url("incident_follow_up", incident.pk), {"text": "家访"})
    assert "请写明处理结果" in text(principal.post(url("incident_close", incident.pk), {"outcome": ""}))
    assert principal.post(url("incident_close", incident.pk), {"outcome": "已痊愈"}).status_code == 302
    again = principal.post(url("incident_close", incident.pk), {"outcome": "已痊愈"})
    assert again.status_code == 409
    assert "已经办结" in text(again)


def test_a_report_without_words_says_what_to_do(signed_in, code, world):
    response = signed_in("teacher").post(url("incident_add", code), {"day": "2026-10-15"})
    said = text(response)
    assert response.status_code == 422
    assert "请写明发生了什么" in said
    assert "请填写发生的时间" in said
    assert "还没有到这一天" in said


def test_many_incidents_ask_no_more(world, signed_in, code):
    client = signed_in("principal")
    few = queries(client, url("incident_list", code))
    for number in range(5):
        Incident.objects.create(
            school=world.school, day=TODAY, happened_at=make.FOUR, what=f"第{number}件", reported_by=world.teacher
        )
    assert queries(client, url("incident_list", code)) <= few + 1  # the rows themselves


# --- The record of activities ---


def test_a_week_s_record_is_made_from_the_sessions(world, session, signed_in):
    Session.objects.filter(pk=session.pk).update(
        state="held", absent=1, content="完成语文作业", recorded_at=dt.datetime(2026, 10, 14, tzinfo=dt.UTC)
    )
    incidents.report_incident(
        by=world.teacher, school=world.school, session=session, day=TODAY, happened_at=make.FOUR, what="摔倒"
    )
    sessions.make_sessions(TODAY + dt.timedelta(days=1))
    page = text(signed_in("principal").get(url("activity_record", session.group_id)))
    assert "完成语文作业" in page
    assert "本周开展1次，应到50人次，实到49人次，突发情况1件" in page
    said = pdf_text(signed_in("teacher").get(url("activity_record_paper", session.group_id)))
    assert "完成语文作业" in said
    assert "没有点名" in said


@pytest.mark.parametrize("day", ["2026-13-01", "x", "0001-01-01"])
def test_a_day_that_is_none_is_not_found(signed_in, world, day):
    assert signed_in("teacher").get(f"{TODAY_PAGE}?day={day}").status_code == 404
