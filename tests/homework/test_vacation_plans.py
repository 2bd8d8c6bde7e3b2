"""Filling the plan of a vacation: within the limit, on a phone, on paper, and what is refused."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import AuditEntry
from homework.models import VacationItem, VacationPlan
from homework.services import vacations
from homework.vacations import plan_for
from tests import factories as make
from tests.fixtures import SHANGHAI
from tests.world import World

LIST = reverse("homework:vacation_list")
BREAKS_UP = dt.date(2026, 10, 20)  # the last school day of the world's shortened term
FIRST_DAY = dt.date(2026, 10, 21)
LAST_DAY = dt.date(2026, 11, 20)


def near_a_vacation(world: World, *, next_term: bool = True) -> None:
    """Today, 14 October, a vacation begins within a week."""
    make.TermFactory(unit=world.city, first_day=dt.date(2026, 10, 1), last_day=BREAKS_UP)
    if next_term:
        first_day = LAST_DAY + dt.timedelta(days=3)  # a Monday
        make.TermFactory(unit=world.city, half="spring", first_day=first_day, last_day=dt.date(2027, 1, 20))


@pytest.fixture
def vacation(world):
    near_a_vacation(world)


def add(world, minutes=20, **values):
    defaults = {
        "by": world.teacher,
        "class_group": world.class_group,
        "subject": make.subject("语文"),
        "content": "读两本书",
        "kind": "written",
        "layer": "all",
        "daily_minutes": minutes,
    }
    return vacations.add_vacation_item(**defaults | values)


def form_data(**values):
    data = {"subject": make.subject("语文").pk, "content": "练字一页", "kind": "written", "layer": "all"}
    return data | {"daily_minutes": 15} | values


def url(name, *args):
    return reverse(f"homework:{name}", args=args)


def text(response):
    return response.content.decode()


@pytest.mark.django_db
def test_the_plan_lasts_from_the_first_free_day_to_the_eve_of_the_next_term(world, vacation):
    plan = add(world).plan
    assert (plan.first_day, plan.last_day) == (FIRST_DAY, dt.date(2026, 11, 22))
    assert (plan.grade, plan.limit_minutes, plan.load_minutes) == (5, 60, 20)


@pytest.mark.django_db
def test_a_day_may_be_filled_to_the_limit_and_not_beyond(world, vacation):
    add(world, 40)
    add(world, 20, layer="basic")
    add(world, 20, layer="higher")
    with pytest.raises(
        ValidationError, match=r"每天书面作业共61分钟，超过60分钟：国家规定小学三至六年级.*第4条"
    ) as refused:
        add(world, 1, layer="basic")
    assert refused.value.code == "over_limit"
    assert (VacationPlan.objects.get().load_minutes, VacationItem.objects.count()) == (60, 3)


@pytest.mark.django_db
def test_what_is_not_written_takes_nothing_of_the_limit(world, vacation):
    add(world, 60)
    assert add(world, 120, kind="sport").plan.load_minutes == 60


@pytest.mark.django_db
def test_a_stricter_local_rule_holds_and_is_named(world, vacation):
    make.LocalLimitFactory(unit=world.county, minutes=30, document="东县作业管理办法", first_day=dt.date(2026, 10, 1))
    with pytest.raises(ValidationError, match="超过30分钟：东县规定为30分钟（《东县作业管理办法》"):
        add(world, 31)


@pytest.mark.django_db
def test_grades_1_and_2_have_no_written_homework_in_vacations_either(world, vacation):
    first_grade = make.ClassGroupFactory(school=world.school, entry_year=2026, first_day=dt.date(2026, 9, 1))
    with pytest.raises(ValidationError, match="不能布置书面的假期作业：国家规定小学一、二年级不布置家庭书面作业"):
        add(world, 1, class_group=first_grade)
    assert add(world, 20, class_group=first_grade, kind="reading").plan.limit_minutes == 0


@pytest.mark.django_db
def test_long_before_a_vacation_nothing_can_be_planned(world):
    with pytest.raises(ValidationError, match="放假前14天起"):
        add(world)


@pytest.mark.django_db
def test_after_the_vacation_nothing_is_added_or_withdrawn(world, vacation, clock):
    item = add(world)
    clock(dt.datetime(2026, 11, 23, 8, tzinfo=SHANGHAI))
    with pytest.raises(ValidationError):
        add(world)
    with pytest.raises(ValidationError, match="假期已经结束"):
        vacations.withdraw_vacation_item(by=world.teacher, item=item)


@pytest.mark.django_db
def test_while_the_end_is_unknown_the_office_is_asked_for_it(world):
    near_a_vacation(world, next_term=False)
    with pytest.raises(ValidationError, match="请教导处先在"):
        add(world)
    vacations.set_vacation_end(by=world.people["academic_office"], school=world.school, last_day=LAST_DAY)
    assert add(world).plan.last_day == LAST_DAY


@pytest.mark.django_db
def test_once_the_next_term_is_set_the_calendar_counts_and_the_plan_follows(world):
    near_a_vacation(world, next_term=False)
    office = world.people["academic_office"]
    vacations.set_vacation_end(by=office, school=world.school, last_day=LAST_DAY)
    add(world)
    near_a_vacation(world)
    with pytest.raises(ValidationError, match="假期到2026年11月22日，不用填写"):
        vacations.set_vacation_end(by=office, school=world.school, last_day=LAST_DAY)
    add(world)
    assert VacationPlan.objects.get().last_day == dt.date(2026, 11, 22)


@pytest.mark.django_db
def test_when_the_vacation_is_put_off_the_plan_moves_with_it(world, vacation):
    add(world)
    make.TermFactory(unit=world.city, first_day=dt.date(2026, 10, 1), last_day=dt.date(2026, 10, 23))
    add(world)
    assert VacationPlan.objects.get().first_day == dt.date(2026, 10, 24)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("last_day", "is_refused"),
    [
        (dt.date(2026, 11, 2), True),
        (dt.date(2026, 11, 3), False),
        (dt.date(2027, 1, 21), False),
        (dt.date(2027, 1, 22), True),
    ],
)
def test_an_end_must_be_plausible(world, last_day, is_refused):
    near_a_vacation(world, next_term=False)
    by = world.people["academic_office"]
    if is_refused:
        with pytest.raises(ValidationError, match="假期最后一天应在2026年11月3日到2027年1月21日之间"):
            vacations.set_vacation_end(by=by, school=world.school, last_day=last_day)
    else:
        assert vacations.set_vacation_end(by=by, school=world.school, last_day=last_day) == 1


@pytest.mark.django_db
def test_an_end_may_be_corrected_and_nothing_planned_is_lost(world):
    near_a_vacation(world, next_term=False)
    by = world.people["academic_office"]
    vacations.set_vacation_end(by=by, school=world.school, last_day=LAST_DAY)
    add(world)
    vacations.set_vacation_end(by=by, school=world.school, last_day=LAST_DAY + dt.timedelta(days=1))
    plan = VacationPlan.objects.get()
    assert (plan.last_day, plan.load_minutes) == (LAST_DAY + dt.timedelta(days=1), 20)


@pytest.mark.django_db
def test_withdrawing_gives_the_minutes_back_once_and_is_kept_on_record(world, vacation):
    first, second = add(world, 40), add(world, 20)
    for _ in range(2):
        vacations.withdraw_vacation_item(by=world.teacher, item=first)
    assert VacationPlan.objects.get().load_minutes == 20
    assert list(VacationItem.objects.live()) == [second]
    assert AuditEntry.objects.filter(action="vacation_item.withdraw", by=world.teacher).count() == 1
    assert [item.pk for item in plan_for(world.class_group, make.TODAY).live_items] == [second.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"content": "  "}, "填写|空"),
        ({"content": "读" * 501}, "500"),
        ({"daily_minutes": 241}, "0到240"),
        ({"daily_minutes": 0}, "至少1分钟"),
        ({"content": "跑步🏃"}, "印不到纸上"),
        ({"kind": "exam"}, "exam|选项"),
    ],
)
def test_a_bad_item_is_refused_in_words(world, vacation, values, words):
    with pytest.raises(ValidationError, match=words):
        add(world, **values)
    assert not VacationPlan.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_plan", [False, True])
def test_of_two_teachers_at_once_only_one_passes_the_limit(world, vacation, has_plan):
    if has_plan:
        add(world, 10, kind="reading")
    together = Barrier(2)

    def add_40_minutes(name: str) -> str:
        try:
            together.wait(timeout=10)
            add(world, 40, subject=make.subject(name))
        except ValidationError as error:
            return error.code
        finally:
            connection.close()
        return "added"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(add_40_minutes, ["语文", "数学"])) == ["added", "over_limit"]
    assert VacationPlan.objects.get().load_minutes == 40


# --- Pages ---


@pytest.mark.django_db
def test_a_teacher_adds_to_several_classes_at_once(world, vacation, signed_in):
    other = make.ClassGroupFactory(school=world.school, number=2)
    make.TeachingFactory(class_group=other, subject=make.subject("语文"), teacher=world.teacher)
    client = signed_in("teacher")
    response = client.post(url("vacation_item_add", world.class_group.pk), form_data(also=[other.pk]))
    assert response.url == LIST
    assert {item.plan.class_group for item in VacationItem.objects.all()} == {world.class_group, other}
    assert "练字一页" in text(client.get(LIST))


@pytest.mark.django_db
def test_when_one_of_several_classes_refuses_none_gets_it_and_nothing_typed_is_lost(world, vacation, signed_in):
    other = make.ClassGroupFactory(school=world.school, number=2)
    make.TeachingFactory(class_group=other, subject=make.subject("语文"), teacher=world.teacher)
    add(world, 50, class_group=other)
    response = signed_in("teacher").post(url("vacation_item_add", world.class_group.pk), form_data(also=[other.pk]))
    assert response.status_code == 422
    assert "五年级2班假期每天书面作业共65分钟，超过60分钟" in text(response)
    assert "练字一页" in text(response)
    assert VacationItem.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"content": ""}, "请填写作业内容。"),
        ({"content": "练\0字"}, "练"),
        ({"daily_minutes": ""}, "请填写平均每天用时；没有固定用时的填0。"),
        ({"daily_minutes": "十"}, "平均每天用时请填写整数。"),
        ({"daily_minutes": 0}, "书面作业请填写平均每天用时（至少1分钟）。"),
        ({"daily_minutes": 241}, "平均每天用时应在0到240分钟之间。"),
        ({"subject": 999999}, "请选择您在这个班任教的学科。"),
        ({"also": [999999]}, "只能同时发到您任教同一学科的班级。"),
    ],
)
def test_a_bad_form_comes_back_with_words(world, vacation, signed_in, values, words):
    response = signed_in("teacher").post(url("vacation_item_add", world.class_group.pk), form_data(**values))
    assert response.status_code == 422
    assert words in text(response)
    assert not VacationItem.objects.exists()


@pytest.mark.django_db
def test_a_colleagues_subject_is_not_hers_to_plan(world, vacation, signed_in):
    data = form_data(subject=make.subject("数学").pk)
    response = signed_in("teacher").post(url("vacation_item_add", world.class_group.pk), data)
    assert response.status_code == 422


@pytest.mark.django_db
def test_a_doubtful_wording_is_shown_once_and_then_let_pass(world, vacation, signed_in):
    client, address = signed_in("teacher"), url("vacation_item_add", world.class_group.pk)
    data = form_data(content="每天用手机打卡")
    warned = client.post(address, data)
    assert warned.status_code == 422
    assert "请改为在纸上或在校完成" in text(warned)
    assert not VacationItem.objects.exists()
    heeded = warned.context["form"]["heeded"].value()
    assert client.post(address, data | {"heeded": heeded}).status_code == 302
    assert VacationItem.objects.get().content == "每天用手机打卡"


@pytest.mark.django_db
def test_the_head_teacher_sees_the_whole_and_withdraws_only_her_own(world, vacation, signed_in):
    item = add(world, content="读《西游记》")
    client = signed_in("head_teacher")
    page = text(client.get(LIST))
    assert "读《西游记》" in page
    assert url("vacation_item_withdraw", item.pk) not in page
    assert client.post(url("vacation_item_withdraw", item.pk)).status_code == 403


@pytest.mark.django_db
def test_who_left_the_class_adds_nothing_to_it(world, vacation, signed_in):
    world.class_group.teachings.filter(teacher=world.teacher).update(last_day=dt.date(2026, 10, 13))
    assert signed_in("teacher").get(url("vacation_item_add", world.class_group.pk)).status_code == 403


@pytest.mark.django_db
def test_without_a_vacation_near_the_pages_say_when(world, signed_in):
    client = signed_in("teacher")
    assert "现在不用填写假期作业" in text(client.get(LIST))
    assert client.get(url("vacation_item_add", world.class_group.pk)).url == LIST


@pytest.mark.django_db
def test_the_office_sees_which_classes_have_a_plan(world, vacation, signed_in):
    add(world)
    make.ClassGroupFactory(school=world.school, number=2)
    page = text(signed_in("academic_office").get(url("vacation_overview", world.school.unit.code)))
    assert "2个班中，1个班已有假期作业" in page
    assert "20 / 60分钟" in page


@pytest.mark.django_db
def test_the_schools_overview_leads_to_the_plans_only_when_a_vacation_is_near(world, signed_in):
    client, overview = signed_in("academic_office"), url("school_overview", world.school.unit.code)
    plans = url("vacation_overview", world.school.unit.code)
    assert plans not in text(client.get(overview))
    near_a_vacation(world)
    assert plans in text(client.get(overview))


@pytest.mark.django_db
def test_the_office_gives_the_end_on_its_page(world, signed_in):
    near_a_vacation(world, next_term=False)
    client, code = signed_in("academic_office"), world.school.unit.code
    assert "填写假期最后一天后，教师才能填写" in text(client.get(url("vacation_overview", code)))
    refused = client.post(url("vacation_end_set", code), {"last_day": "2026-10-22"})
    assert refused.status_code == 422
    assert "假期最后一天应在" in text(refused)
    client.post(url("vacation_end_set", code), {"last_day": LAST_DAY.isoformat()})
    assert VacationPlan.objects.get().last_day == LAST_DAY


@pytest.mark.django_db
def test_the_lists_cost_the_same_for_any_number_of_classes(world, vacation, signed_in):
    pages = {"teacher": LIST, "academic_office": url("vacation_overview", world.school.unit.code)}

    def queries() -> dict[str, int]:
        counts = {}
        for person, address in pages.items():
            client = signed_in(person)
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            counts[person] = len(captured)
        return counts

    add(world)
    before = queries()
    for number in range(2, 8):
        group = make.ClassGroupFactory(school=world.school, number=number)
        make.TeachingFactory(class_group=group, subject=make.subject("语文"), teacher=world.teacher)
        add(world, class_group=group)
    assert queries() == before
    assert max(before.values()) <= 14


@pytest.mark.slow
@pytest.mark.django_db
def test_the_poster_shows_everything_and_cuts_nothing(world, vacation, signed_in):
    for place in range(12):
        add(world, 5, content=f"第{place}项：" + "每天读书并摘抄好词好句。" * 20)
    response = signed_in("head_teacher").get(url("vacation_poster", world.class_group.pk))
    assert response["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(response.content)).pages
    words = "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")
    for piece in (
        "五年级1班",
        "东县实验小学",
        "平均每天书面作业60分钟，限量60分钟",
        "第0项",
        "第11项",
        "不要求家长检查",
    ):
        assert piece in words
    assert words.count("每天读书并摘抄好词好句。") == 240
    assert "王语文" not in words


@pytest.mark.django_db
def test_a_class_without_a_plan_has_no_poster(world, vacation, signed_in):
    assert signed_in("teacher").get(url("vacation_poster", world.class_group.pk)).status_code == 404


@pytest.mark.django_db
def test_the_days_page_leads_to_the_plans_only_when_a_vacation_is_near(world, signed_in):
    client = signed_in("teacher")
    assert LIST not in text(client.get(reverse("homework:today")))
    near_a_vacation(world)
    with CaptureQueriesContext(connection) as captured:
        page = text(client.get(reverse("homework:today")))
    assert LIST in page
    assert len(captured) <= 12
