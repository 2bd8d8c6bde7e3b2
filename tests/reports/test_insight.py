"""What leaders see between reports: numbers, ways down to the notices, nobody's name, few queries."""

import datetime as dt

import pytest
from django.urls import reverse

from homework import services as homework
from homework.models import Item, Notice, TimeSample, WordingWarning
from reports import rollup
from tests import factories as make
from tests.reports.city import MONDAY, TUESDAY, WEDNESDAY, a_city, a_class, counted, post

pytestmark = pytest.mark.django_db

TABS = ("insight_unit", "insight_balance", "insight_trend", "insight_notices", "insight_signs")


def page(client, name, code, **query):
    return client.get(reverse(f"reports:{name}", args=[code]), query)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def detail(notice):
    return reverse("homework:notice_detail", args=[notice.class_group_id, notice.day.isoformat()])


@pytest.fixture
def school(world):
    return world.school


@pytest.fixture
def posted(world):
    """Chinese of 25 minutes by the teacher, today, in the world's class."""
    return make.ItemFactory(by=world.teacher, class_group=world.class_group, minutes=25)


# --- The school's week ---


def test_who_oversees_one_unit_comes_straight_to_it(signed_in, world):
    response = signed_in("principal").get(reverse("reports:insight"))
    assert response.url == reverse("reports:insight_unit", args=[world.school.unit.code])


def test_who_oversees_two_chooses(signed_in, world):
    make.PostingFactory(user=world.people["principal"], unit=world.other_school.unit, role="principal")
    answer = text(signed_in("principal").get(reverse("reports:insight")))
    assert "东县实验小学" in answer
    assert "西县实验小学" in answer


def test_each_cell_of_the_map_leads_to_its_notice(signed_in, school, posted):
    answer = text(page(signed_in("academic_office"), "insight_unit", school.unit.code))
    assert "25/60" in answer
    assert answer.count(detail(posted.notice)) == 2  # in the day and in the week
    assert answer.count("未公示</a>") >= 2  # silent days lead to their page too


def test_classes_that_are_behind_are_listed_in_their_order(signed_in, world):
    other = make.ClassGroupFactory(school=world.school, number=2)
    make.ClassGroupFactory(school=world.school, number=3)
    for group, on_time in ((world.class_group, True), (other, False)):
        for day in (MONDAY, TUESDAY):
            post(group, day, 30, is_on_time=on_time)
    response = page(signed_in("principal"), "insight_unit", world.school.unit.code, day="2026-10-13")
    behind = [(row.name, row.silent, row.incomplete, row.late) for row in response.context["behind"]]
    assert behind == [("五年级2班", 0, 0, 2), ("五年级3班", 2, 0, 0)]  # today is not over yet


def test_a_class_is_due_only_while_it_exists(signed_in, world):
    make.ClassGroupFactory(school=world.school, number=2, entry_year=2026, first_day=TUESDAY)
    response = page(signed_in("principal"), "insight_unit", world.school.unit.code)
    first_grade = response.context["map"].rows[0]
    assert [cell is None for cell in first_grade.cells] == [True, False, False]  # up to today


@pytest.mark.parametrize("day", ["abc", "2026-02-30", "1900-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_not_found(signed_in, school, day):
    assert page(signed_in("principal"), "insight_unit", school.unit.code, day=day).status_code == 404


@pytest.mark.parametrize(
    "name", ["insight_unit", "insight_balance", "insight_trend", "insight_notices", "insight_signs"]
)
def test_before_the_school_was_there_and_after_today_there_is_a_page(signed_in, school, name):
    for day in ("2001-01-01", "2998-01-01"):
        assert page(signed_in("principal"), name, school.unit.code, day=day).status_code == 200


# --- Balance ---


def test_subjects_and_kinds_are_weighed_and_lead_down(signed_in, world, posted):
    make.ItemFactory(
        by=world.people["head_teacher"],
        class_group=world.class_group,
        subject=make.subject("数学"),
        kind="reading",
        minutes=15,
    )
    withdrawn = make.ItemFactory(by=world.teacher, class_group=world.class_group, minutes=30)
    homework.withdraw_item(by=world.teacher, item=withdrawn, reason="填错")
    response = page(signed_in("principal"), "insight_balance", world.school.unit.code)
    found = response.context["balance"]
    assert [(part.name, part.items, part.minutes, part.percent, part.mean) for part in found.subjects] == [
        ("语文", 1, 25, 100, 25),
        ("数学", 1, 0, 0, 0),
    ]
    assert [(part.name, part.items, part.all_minutes) for part in found.kinds] == [("书面", 1, 25), ("阅读", 1, 15)]
    assert f"subject={make.subject('语文').pk}" in text(response)


def test_warnings_are_counted_by_rule_and_subject_without_a_name(signed_in, world):
    item = make.ItemFactory(by=world.teacher, class_group=world.class_group, content="抄写生字，请家长签字")
    assert WordingWarning.objects.filter(item=item, rule="parents_mark").exists()
    answer = text(page(signed_in("principal"), "insight_balance", world.school.unit.code))
    assert "家长批改、检查、签字" in answer
    assert world.teacher.name not in answer
    rows = page(signed_in("principal"), "insight_notices", world.school.unit.code, wording="parents_mark").context[
        "rows"
    ]
    assert [notice.pk for notice, _, _ in rows] == [item.notice_id]


def answers(notice, *minutes):
    for number, one in enumerate(minutes):
        TimeSample.objects.create(
            notice=notice, school=notice.school, minutes=one, finished=True, given_on=notice.day, device=f"{number}"
        )


def test_experienced_minutes_are_shown_from_five_answers_up(signed_in, world, posted):
    answers(posted.notice, 30, 35, 40, 45)
    assert "不足5份" in text(page(signed_in("principal"), "insight_balance", world.school.unit.code))
    TimeSample.objects.create(
        notice=posted.notice, school=world.school, minutes=50, finished=True, given_on=MONDAY, device="x"
    )
    response = page(signed_in("principal"), "insight_balance", world.school.unit.code)
    rows = [(row.name, row.figures.declared, row.figures.experienced) for row in response.context["experienced"]]
    assert rows == [("全校", 25, 40), ("语文", 25, 40), ("五年级1班", 25, 40)]


def test_a_county_sees_its_schools_answers_and_no_item(signed_in, world, posted):
    answers(posted.notice, 30, 35, 40, 45, 50)
    response = page(signed_in("county_officer"), "insight_balance", world.county.code)
    assert [row.name for row in response.context["experienced"]] == ["东县实验小学"]
    assert [part.items for part in response.context["balance"].subjects] == [1]


# --- Term ---


def test_a_term_goes_week_by_week(signed_in, world):
    post(world.class_group, MONDAY, 30)
    post(world.class_group, TUESDAY, 40, is_on_time=False)
    post(world.class_group, dt.date(2026, 10, 9), 50)
    rollup.rebuild_days(dt.date(2026, 10, 8), WEDNESDAY)
    response = page(signed_in("principal"), "insight_trend", world.school.unit.code)
    weeks = [
        (week.monday.day, [figure.text for figure in week.shares], [figure and figure.text for figure in minutes])
        for week, minutes in response.context["trend"].rows
    ]
    # 8 to 10 October (the 10th makes up for the holiday): 1 of 3. 12 and 13, without today: 2 of 2, one in time.
    assert weeks == [(5, ["33.33%", "33.33%", "0%"], ["50"]), (12, ["100%", "50%", "0%"], ["35"])]
    assert "1/3" in text(response)  # small numbers stand with their counts


# --- Down to the rows ---


def rows_of(client, school, **query):
    return [
        notice.day.day for notice, _, _ in page(client, "insight_notices", school.unit.code, **query).context["rows"]
    ]


def test_rows_are_found_by_what_is_asked(signed_in, world):
    group = world.class_group
    post(group, MONDAY, 30, is_on_time=False)
    post(group, TUESDAY, 60)
    over = post(group, WEDNESDAY, 70)
    item = Item.objects.create(
        notice=over,
        school=over.school,
        subject=make.subject("语文"),
        content="抄写",
        minutes=70,
        posted_by=world.teacher,
    )
    client = signed_in("principal")
    assert rows_of(client, world.school) == [14, 13, 12]
    assert rows_of(client, world.school, state="late") == [12]
    assert rows_of(client, world.school, state="over") == [14]
    assert rows_of(client, world.school, state="at_limit") == [13]
    assert rows_of(client, world.school, state="incomplete") == []
    assert rows_of(client, world.school, state="quick") == []
    assert rows_of(client, world.school, minutes="30") == [12]
    assert rows_of(client, world.school, grade="5", **{"class": group.pk}) == [14, 13, 12]
    assert rows_of(client, world.school, grade="4") == []
    assert rows_of(client, world.school, subject=item.subject_id, kind="written", text="抄写") == [14]
    assert rows_of(client, world.school, text="抄") == []
    assert rows_of(client, world.school, first="2026-10-13", last="2026-10-13") == [13]


@pytest.mark.parametrize(
    "query",
    [
        {"class": "99999999999999999999"},
        {"class": "x", "grade": "-1", "subject": "²", "minutes": "1e3"},
        {"first": "2026-13-01", "last": "\0"},
        {"first": "2026-10-14", "last": "2026-10-01"},
        {"kind": "nothing", "state": "nothing", "wording": "nothing", "text": "\0"},
        {"page": "x"},
    ],
)
def test_nonsense_is_not_asked_for(signed_in, school, query):
    assert page(signed_in("principal"), "insight_notices", school.unit.code, **query).status_code == 200


def test_rows_are_of_the_school_alone(signed_in, world):
    mine = post(world.class_group, MONDAY, 30)
    other = post(make.ClassGroupFactory(school=world.other_school), MONDAY, 30)
    answer = text(
        page(signed_in("principal"), "insight_notices", world.school.unit.code, **{"class": other.class_group_id})
    )
    assert "没有这个班" in answer
    assert detail(other) not in answer
    assert detail(mine) in text(page(signed_in("principal"), "insight_notices", world.school.unit.code))


def test_a_county_has_no_rows_of_its_own(signed_in, world):
    assert page(signed_in("county_officer"), "insight_notices", world.county.code).status_code == 404


# --- Counties and cities ---


def test_an_area_goes_down_by_code_and_greys_small_numbers(signed_in, world):
    post(world.class_group, MONDAY, 30)
    for number in range(2, 6):
        post(make.ClassGroupFactory(school=world.school, number=number), MONDAY, 70, is_on_time=False)
    counted()
    response = page(signed_in("city_officer"), "insight_unit", world.city.code)
    east, west = response.context["rows"]
    assert (west.code, west.classes, west.figures[0].text) == (world.other_county.code, 0, "–")
    assert (east.code, east.classes, east.silent, east.late, east.over) == (world.county.code, 10, 5, 4, 4)
    assert [(figure.text, figure.parts, figure.is_grey) for figure in east.figures] == [
        ("50%", "5/10", False),
        ("10%", "1/10", False),
        ("80%", "4/5", True),
    ]
    assert '<td class="num few">80%<small>4/5</small></td>' in text(response)
    down = text(page(signed_in("county_officer"), "insight_unit", world.county.code))
    assert reverse("reports:insight_unit", args=[world.school.unit.code]) in down


def test_signs_are_shown_to_a_county_by_school_and_lead_to_their_rows(signed_in, world):
    days = [dt.date(2026, 9, 1) + dt.timedelta(days=number) for number in range(30)]
    for day in days:
        post(world.class_group, day, 30)
    make.TermFactory(unit=world.city, first_day=days[0], last_day=dt.date(2026, 10, 31))
    response = page(signed_in("county_officer"), "insight_signs", world.county.code)
    assert [(str(school), counts) for school, counts in response.context["rows"]] == [("东县实验小学", [1, *[0] * 9])]
    answer = text(page(signed_in("principal"), "insight_signs", world.school.unit.code))
    assert "五年级1班：20天都是30分钟" in answer
    assert "class_group" not in answer
    rows = page(
        signed_in("principal"),
        "insight_notices",
        world.school.unit.code,
        first=days[10].isoformat(),
        last=days[-1].isoformat(),
        minutes=30,
        **{"class": world.class_group.pk},
    )
    assert rows.context["page"].paginator.count == 20


def test_no_page_names_a_teacher(signed_in, world, posted):
    for name in TABS:
        answer = text(page(signed_in("county_officer"), name, world.school.unit.code))
        assert not any(world.people[person].name in answer for person in ("teacher", "head_teacher"))


# --- Queries ---


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("insight_unit", 14),
        ("insight_balance", 16),
        ("insight_trend", 14),
        ("insight_notices", 13),
        ("insight_signs", 20),  # a rule a query, and whether the returns behind one are hers to see
    ],
)
@pytest.mark.parametrize("classes", [1, 8])
def test_a_school_s_page_asks_the_same_for_any_number_of_classes(
    signed_in, world, name, queries, classes, django_assert_max_num_queries
):
    for number in range(2, 2 + classes):
        group = make.ClassGroupFactory(school=world.school, number=number)
        for _ in range(6):
            make.ItemFactory(class_group=group, overrun_reason="复习", content="家长签字")
        answers(Notice.objects.get(class_group=group), 30, 30, 30, 30, 30) if number == 2 else None
    counted()
    client = signed_in("principal")
    with django_assert_max_num_queries(queries):
        text(page(client, name, world.school.unit.code))


@pytest.mark.parametrize(
    ("name", "queries"),
    # Of the signs, a rule a query.
    [("insight_unit", 12), ("insight_balance", 16), ("insight_trend", 14), ("insight_signs", 23)],
)
@pytest.mark.parametrize("schools", [1, 6])
def test_an_area_s_page_asks_the_same_for_any_number_of_schools(
    client, name, queries, schools, django_assert_max_num_queries
):
    city = a_city()
    for _ in range(schools):
        post(a_class(make.SchoolFactory(parent=make.CountyFactory(parent=city))), MONDAY, 30)
    counted()
    client.force_login(make.PostingFactory(unit=city).user, "accounts.sign_in.PhoneBackend")
    with django_assert_max_num_queries(queries):
        text(page(client, name, city.code))


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("principal", 404),  # a county lies above her
        ("teacher", 404),
        ("supervisor", 200),
        ("county_officer", 200),
        ("city_officer", 200),
        ("admin", 403),
        ("outside_officer", 404),
        ("liaison", 404),
    ],
)
def test_an_area_is_for_those_who_oversee_it(signed_in, world, person, status):
    for name in ("insight_unit", "insight_balance", "insight_trend", "insight_signs"):
        assert page(signed_in(person), name, world.county.code).status_code == status
