"""Courses against hours, rest days and the price that was set; who teaches with what certificate."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from schools.models import Term
from tests import factories
from tests.training import make
from training.course_check import checked
from training.models import Course, Employee
from training.services import courses

TODAY = dt.date(2026, 10, 14)
TUESDAY = (2, 18 * 60, 19 * 60 + 30)
COURSE = {
    "name": "三年级数学",
    "size": "small",
    "lessons": 30,
    "lesson_minutes": 45,
    "cents": 120_000,
    "first_day": dt.date(2026, 10, 12),
    "last_day": dt.date(2026, 10, 30),
}


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


@pytest.fixture
def institution(world, officer):
    return make.institution(officer, world.county)


def problems(officer, institution, *slots, **said) -> list[str]:
    course = courses.add_course(by=officer, institution=institution, slots=slots or [TUESDAY], **COURSE | said)
    (found,) = checked(institution, [course], TODAY)
    return [problem.limit for problem in found.problems]


def test_a_course_that_keeps_the_rules(officer, institution):
    assert problems(officer, institution) == []


def test_late_hours_and_weekends(officer, institution):
    assert problems(officer, institution, (2, 1140, 1231)) == ["offline_end"]
    assert problems(officer, institution, (6, 540, 600), name="周末班") == ["rest_days"]


def test_a_saturday_on_which_all_work_is_no_rest_day(officer, institution):
    """10 October 2026 is a make-up day for the National Day holiday."""
    days = {"first_day": dt.date(2026, 10, 10), "last_day": dt.date(2026, 10, 11)}
    assert problems(officer, institution, (6, 540, 600), **days) == []


def test_a_holiday_on_a_weekday_is_a_rest_day(officer, institution):
    days = {"first_day": dt.date(2026, 10, 1), "last_day": dt.date(2026, 10, 7)}
    assert problems(officer, institution, **days) == ["rest_days"]


def test_a_vacation_lies_between_two_terms(world, officer, institution):
    spring = {"half": Term.Half.SPRING, "first_day": dt.date(2027, 2, 22), "last_day": dt.date(2027, 7, 2)}
    factories.TermFactory(unit=world.city, **spring)
    november = {"first_day": dt.date(2026, 11, 2), "last_day": dt.date(2026, 11, 13)}
    assert problems(officer, institution, **november) == ["rest_days"]
    after_all = {"first_day": dt.date(2027, 9, 6), "last_day": dt.date(2027, 9, 10)}
    assert problems(officer, institution, name="秋季班", **after_all) == []  # nothing is known of then


def test_other_training_may_use_rest_days(world, officer):
    other = make.institution(officer, world.county, "少儿篮球", subject="other")
    assert problems(officer, other, (6, 540, 600)) == []


def test_online_lessons_are_short_and_lie_apart(world, officer):
    online = make.institution(officer, world.county, "空中课堂", form="online")
    assert problems(officer, online, (2, 1080, 1110), (2, 1119, 1149)) == ["online_gap_minutes"]
    assert problems(officer, online, (2, 1080, 1111), name="长课") == ["online_lesson_minutes"]


def test_the_price_that_was_set_is_compared_by_the_minute(world, officer, institution):
    price = {"form": "offline", "size": "small", "minutes": 45, "document": "东发改〔2026〕9号"}
    courses.set_guide_price(by=officer, unit=world.city, cents=4_000, first_day=dt.date(2026, 1, 1), **price)
    assert problems(officer, institution) == []  # 1,200 yuan for 30 lessons: 40 each, which is the most
    assert problems(officer, institution, name="贵一分", cents=120_001) == ["guide_price"]
    assert problems(officer, institution, name="长一倍", lesson_minutes=90, cents=240_000) == []
    courses.set_guide_price(by=officer, unit=world.county, cents=3_900, first_day=dt.date(2026, 9, 1), **price)
    assert problems(officer, institution, name="县里更低") == ["guide_price"]
    courses.set_guide_price(by=officer, unit=world.county, cents=9_900, first_day=dt.date(2026, 10, 15), **price)
    assert problems(officer, institution, name="还没执行") == ["guide_price"]


def test_who_teaches_has_a_certificate(officer, institution):
    said = {"name": "王某", "first_day": TODAY}
    bare = courses.add_employee(by=officer, institution=institution, post="teacher", **said)
    helper = courses.add_employee(by=officer, institution=institution, post="assistant", **said)
    assert (bare.lacks_qualification, helper.lacks_qualification) == (True, False)
    with pytest.raises(ValidationError, match="已经登记在这个岗位"):
        courses.add_employee(by=officer, institution=institution, post="teacher", **said)


def test_who_left_left_once(officer, institution):
    one = courses.add_employee(by=officer, institution=institution, name="王某", post="teacher", first_day=TODAY)
    with pytest.raises(ValidationError, match="离岗日期"):
        courses.end_employee(by=officer, employee=one, day=TODAY - dt.timedelta(days=1))
    courses.end_employee(by=officer, employee=one, day=TODAY)
    with pytest.raises(ValidationError, match="已经登记过离岗"):
        courses.end_employee(by=officer, employee=one, day=TODAY)
    assert Employee.objects.get().last_day == TODAY


def test_an_officer_enters_a_course_and_sees_what_it_breaks(signed_in, institution):
    client = signed_in("county_officer")
    said = {
        "name": "周末数学",
        "size": "small",
        "lessons": "10",
        "lesson_minutes": "45",
        "cents": "800",
        "first_day": "2026-10-12",
        "last_day": "2026-10-30",
        "weekdays": ["6", "7"],
        "start": "09:00",
    }
    url = reverse("training:course_add", args=[institution.pk])
    answer = client.post(url, said)
    assert (answer.status_code, Course.objects.count()) == (422, 0)
    assert "请填写时间。" in answer.content.decode()
    assert client.post(url, said | {"end": "09:45"}).status_code == 302
    page = client.get(reverse("training:courses", args=[institution.pk])).content.decode()
    assert "周六9:00—9:45，周日9:00—9:45" in page
    assert "学科类培训占用节假日、休息日或寒暑假" in page


def test_the_page_asks_as_often_for_many_as_for_few(signed_in, officer, institution, django_assert_max_num_queries):
    for number in range(10):
        courses.add_course(by=officer, institution=institution, slots=[TUESDAY], **COURSE | {"name": f"数学{number}班"})
    client = signed_in("county_officer")
    with django_assert_max_num_queries(14):
        client.get(reverse("training:courses", args=[institution.pk]))
