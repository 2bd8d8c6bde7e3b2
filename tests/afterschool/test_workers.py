"""Who may be on a school's list of people who serve, and what happens when somebody's time is over."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from afterschool.hours import Served, served
from afterschool.models import Worker
from afterschool.policy import Fitness, first_unfit_day
from afterschool.services import workers
from schools.services import people
from tests import factories
from tests.afterschool import make

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def add(world):
    def add(kind="volunteer", **values):
        defaults = {"by": world.people["academic_office"], "school": world.school, "kind": kind, "first_day": TODAY}
        named = {} if "user" in values else {"name": "周师傅"}
        return workers.add_worker(**defaults | named | values)

    return add


def refused(act):
    with pytest.raises(ValidationError) as caught:
        act()
    return caught.value.message_dict


def test_all_five_kinds_can_be_put_on_the_list(world, add):
    body = make.body(world)
    added = [
        add("own", user=world.teacher),
        add("retired"),
        add("outside", qualification="社会体育指导员", qualified_until=dt.date(2027, 7, 1)),
        add("volunteer"),
        add("body", body=body, qualification="教练员证"),
    ]
    assert [worker.kind for worker in added] == ["own", "retired", "outside", "volunteer", "body"]
    assert added[0].name == "王语文"


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("own", {}, "user"),
        ("volunteer", {"name": " "}, "name"),
        ("outside", {}, "qualification"),
        ("body", {"qualification": "教练员证"}, "body"),
        ("outside", {"qualification": "教师资格证", "qualified_until": YESTERDAY}, "qualified_until"),
        ("volunteer", {"last_day": YESTERDAY}, "last_day"),
    ],
)
def test_what_is_missing_is_told_at_its_field(add, kind, values, field):
    assert list(refused(lambda: add(kind, **values))) == [field]


def test_an_own_teacher_is_in_post_at_the_school(world, add):
    stranger = world.people["outside_teacher"]
    assert refused(lambda: add("own", user=stranger)) == {"user": [f"{stranger}在这一天不是本校在岗教职工。"]}


def test_somebody_is_on_the_list_once_at_a_time(world, add):
    first = add("own", user=world.teacher)
    assert "user" in refused(lambda: add("own", user=world.teacher))
    workers.end_worker(by=world.people["academic_office"], worker=first, last_day=TODAY)
    assert "user" in refused(lambda: add("own", user=world.teacher))
    assert add("own", user=world.teacher, first_day=TOMORROW)


@pytest.mark.parametrize("days", [{"first_day": TOMORROW}, {"first_day": YESTERDAY - DAY, "last_day": YESTERDAY}])
def test_a_body_is_on_the_list_of_the_county_on_the_day(world, add, days):
    body = make.body(world, **days)
    words = refused(lambda: add("body", body=body, qualification="教练员证"))["body"][0]
    assert words.startswith("2026年10月14日东县少儿艺术中心不在县（市、区）准入名单上")
    assert not Worker.objects.exists()


def test_a_body_of_another_county_is_refused(world, add):
    body = make.body(world, unit=world.other_county)
    assert "body" in refused(lambda: add("body", body=body, qualification="教练员证"))
    assert add("body", body=make.body(world, unit=world.city), qualification="教练员证")


def test_who_leaves_the_list_leaves_groups_that_need_a_teacher(world):
    group = make.group(world)
    office = world.people["academic_office"]
    assert workers.end_worker(by=office, worker=group.worker, last_day=TODAY) == 1
    group.worker.refresh_from_db()
    assert first_unfit_day(group.worker.fitness, TODAY, group.last_day) == TOMORROW


def test_an_own_teacher_who_leaves_the_school_leaves_its_service(world):
    group = make.group(world)
    staff = group.worker.user.employments.get(school=world.school)
    people.dismiss(by=world.people["academic_office"], staff=staff, last_day=TODAY)
    group.worker.refresh_from_db()
    assert group.worker.last_day == TODAY
    assert first_unfit_day(group.worker.fitness, TODAY, group.last_day) == TOMORROW


@pytest.mark.parametrize(
    ("fitness", "expected"),
    [
        (Fitness("own", YESTERDAY), None),
        (Fitness("own", TOMORROW), TODAY),
        (Fitness("own", YESTERDAY, last_day=TODAY), TOMORROW),
        (Fitness("outside", YESTERDAY, qualified_until=TODAY + 5 * DAY), TODAY + 6 * DAY),
        (Fitness("outside", YESTERDAY, qualified_until=TODAY + 9 * DAY), None),
        (Fitness("body", YESTERDAY), TODAY),
        (Fitness("body", YESTERDAY, admitted_from=YESTERDAY, admitted_until=TODAY), TOMORROW),
        (Fitness("body", YESTERDAY, admitted_from=YESTERDAY, admitted_until=YESTERDAY), TODAY),
    ],
)
def test_the_first_day_on_which_somebody_may_not_serve(fitness, expected):
    assert first_unfit_day(fitness, TODAY, TODAY + 9 * DAY) == expected


def test_hours_count_for_who_stood_in(world):
    group = make.group(world)
    own, other = group.worker, make.worker(world, "head_teacher")
    at = dt.datetime(2026, 10, 14, 9, tzinfo=dt.UTC)
    for day, stood_in, state in (
        (dt.date(2026, 10, 9), None, "held"),  # Friday of the week before
        (dt.date(2026, 10, 12), None, "held"),
        (dt.date(2026, 10, 13), other, "held"),
        (dt.date(2026, 10, 14), None, "planned"),
    ):
        make.session(group, day, worker=stood_in, state=state, recorded_at=at if state == "held" else None)
    found = served([own, other], make.FIRST_DAY, make.LAST_DAY)
    monday = dt.date(2026, 10, 12)
    assert found == {
        own.pk: {monday - 7 * DAY: Served(1, 60), monday: Served(1, 60)},
        other.pk: {monday: Served(1, 60)},
    }


@pytest.mark.parametrize(("minutes", "words"), [(0, "0分"), (40, "40分"), (60, "1小时"), (130, "2小时10分")])
def test_hours_in_words(minutes, words):
    assert Served(1, minutes).hours == words
