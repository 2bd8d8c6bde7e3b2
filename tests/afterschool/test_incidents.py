"""An incident: told to the principal at once, followed up, open until closed."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError

from afterschool.models import Incident
from afterschool.services import incidents
from schools.models import ChangedDay
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db

TODAY = factories.TODAY


def report(world, **values):
    defaults = {"day": TODAY, "happened_at": dt.time(16, 20), "what": "一名五年级学生跑步时摔倒，膝盖擦伤"}
    return incidents.report_incident(by=world.teacher, school=world.school, **defaults | values)


def test_the_principals_of_the_school_are_told_at_once(world):
    incident = report(world, first_aid="清洗包扎", guardian_told_at=dt.time(16, 30))
    line = world.people["principal"].notifications.get()
    assert line.text == "课后服务突发情况（10月14日16:20）：一名五年级学生跑步时摔倒，膝盖擦伤"
    assert line.url == f"/service/incidents/{incident.pk}/"
    assert world.people["academic_office"].notifications.count() == 0
    assert ChangedDay.objects.filter(school=world.school, day=TODAY).exists()


def test_a_form_sent_twice_reports_once(world):
    key = uuid.uuid4()
    assert report(world, key=key)
    assert report(world, key=key) is None
    assert Incident.objects.count() == world.people["principal"].notifications.count() == 1


def test_each_step_stays_with_its_time(world, clock):
    incident = report(world, follow_up="送校医室")
    clock(dt.datetime.combine(dt.date(2026, 10, 15), dt.time(8, 5)))
    incidents.add_follow_up(by=world.people["principal"], incident=incident, text=" 家访 ")
    incident.refresh_from_db()
    assert incident.follow_up == "10月14日16:30 送校医室\n10月15日08:05 家访"


def test_it_is_closed_with_an_outcome_once(world):
    incident = report(world)
    principal = world.people["principal"]
    with pytest.raises(ValidationError, match="写明处理结果"):
        incidents.close_incident(by=principal, incident=incident, outcome=" ")
    assert list(Incident.objects.open()) == [incident]
    incidents.close_incident(by=principal, incident=incident, outcome="已痊愈，家长无异议")
    incident.refresh_from_db()
    assert (incident.closed_by, incident.outcome) == (principal, "已痊愈，家长无异议")
    for act, word in ((incidents.close_incident, "outcome"), (incidents.add_follow_up, "text")):
        with pytest.raises(ValidationError, match="已经办结"):
            act(by=principal, incident=incident, **{word: "再写"})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"what": " "}, "字段|填写"),
        ({"what": "摔倒🤕"}, "印不到纸上"),
        ({"day": TODAY + dt.timedelta(days=1)}, "还没有到这一天"),
    ],
)
def test_a_report_that_cannot_be_is_refused(world, values, words):
    with pytest.raises(ValidationError, match=words):
        report(world, **values)
    assert not Incident.objects.exists()


def test_it_keeps_the_session_in_which_it_happened(world):
    session = make.session(make.group(world), TODAY)
    assert report(world, session=session).session == session
