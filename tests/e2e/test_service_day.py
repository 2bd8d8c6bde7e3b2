"""A day of after-school service on a phone: a roll without a network, somebody to stand in, an incident to its end."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from accounts.models import User
from afterschool.models import Absence, Incident, Session
from tests import factories
from tests.afterschool import make
from tests.e2e.conftest import PHONE, enter
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

COUNT_TAPS = """
sessionStorage.taps = sessionStorage.taps || 0;
document.addEventListener("click", function (event) {
  if (event.isTrusted && event.detail) { sessionStorage.taps = Number(sessionStorage.taps) + 1; }
}, true);
"""
ALL_KEPT = "Object.keys(localStorage).map((key) => localStorage.getItem(key)).join(' ')"


@pytest.fixture
def session(world: World) -> Session:
    """Today's of 王语文's group, with three pupils."""
    group = make.group(world)
    for number, name in enumerate(("陈欣怡", "刘浩宇", "欧阳若曦"), 1):
        make.enrolment(group, make.pupil(world, number, name=name))
    return make.session(group, factories.TODAY, expected=3)


@pytest.fixture
def phone_of(open_window, live_server):
    """`phone_of(user)`: her phone, signed in."""

    def make_phone(user: User) -> BrowserContext:
        context = open_window(PHONE, has_touch=True)
        enter(context, user, live_server.url)
        return context

    return make_phone


def open_roll(context: BrowserContext) -> Page:
    """From the page of the day, as she does."""
    page = context.new_page()
    page.goto("/service/")
    page.get_by_role("link", name="五年级1班作业辅导").tap()
    expect(page.locator(".roll-count")).to_contain_text("应到3，实到3")
    return page


def pupil(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def save(page: Page) -> None:
    page.get_by_role("button", name="保存点名").tap()


def counts() -> tuple[str, int, int, int, int]:
    session = Session.objects.get()
    return session.state, session.expected, session.present, session.absent, session.left_early


def test_a_roll_takes_a_tap_for_each_exception(phone_of, world, session):
    page = open_roll(phone_of(world.teacher))
    pupil(page, "陈欣怡").tap()
    for _ in range(3):
        pupil(page, "刘浩宇").tap()
    expect(page.locator(".roll-count")).to_contain_text("应到3，实到2，缺席1，请假0，提前接走1")
    save(page)
    expect(page.locator(".roll-state")).to_have_text("刘浩宇：请填写接走人。")
    page.get_by_label("接走人").and_(page.locator(":visible")).fill("爷爷")
    page.get_by_label("看管记录").fill("完成作业")
    save(page)
    page.wait_for_url("**/service/?day=2026-10-14")
    expect(page.locator(".session-card")).to_contain_text("已点名")
    assert counts() == ("held", 3, 2, 1, 1)
    assert Absence.objects.get(kind="left_early").fetched_by == "爷爷"


def test_a_roll_without_a_network_waits_without_a_name_and_is_recorded_once(phone_of, world, session):
    context = phone_of(world.teacher)
    page = open_roll(context)
    pupil(page, "陈欣怡").tap()
    context.set_offline(True)
    save(page)
    expect(page.locator(".roll-state")).to_have_text("还没发出，有网后自动发送")
    expect(page.locator("#outbox")).to_contain_text("五年级1班作业辅导 10月14日 16:00 点名")
    kept = page.evaluate(ALL_KEPT)
    assert f"mark_{session.group.enrolments.get(pupil__name='陈欣怡').pupil_id}" in kept
    assert not any(name in kept for name in ("陈欣怡", "刘浩宇", "欧阳若曦"))
    save(page)  # once more: the later one takes its place
    expect(page.locator("#outbox p")).to_have_count(1)
    assert counts()[0] == "planned"
    context.set_offline(False)
    expect(page.locator("#outbox")).to_contain_text("已发出")
    expect(page.locator(".roll-state")).to_have_text("已保存")
    assert counts() == ("held", 3, 2, 1, 0)
    assert Absence.objects.count() == 1
    assert world.people["head_teacher"].notifications.count() == 1
    assert page.evaluate(ALL_KEPT) in ("", "[]")


def test_an_answer_lost_on_the_way_does_not_record_twice(phone_of, world, session):
    page = open_roll(phone_of(world.teacher))
    lost: list[Route] = []

    def lose(route: Route) -> None:
        lost.append(route)
        route.fetch()
        route.abort("connectionreset")

    page.route("**/roll/", lose, times=1)
    save(page)
    expect(page.locator(".roll-state")).to_contain_text("还没发出")
    first = Session.objects.get().recorded_at
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".roll-state")).to_have_text("已保存")
    assert len(lost) == 1
    assert Session.objects.get().recorded_at == first


def test_a_roll_that_waits_goes_out_from_any_page_and_can_be_mended_before(phone_of, world, session):
    context = phone_of(world.teacher)
    page = open_roll(context)
    pupil(page, "陈欣怡").tap()
    page.route("**/roll/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    save(page)
    expect(page.locator(".roll-state")).to_contain_text("还没发出")
    page.goto("/service/")
    page.get_by_role("button", name="改一改").tap()
    expect(page.locator(".roll-count")).to_contain_text("实到2，缺席1")
    page.unroute("**/roll/")
    page.goto("/service/")
    expect(page.locator("#outbox")).to_contain_text("已发出")
    assert counts() == ("held", 3, 2, 1, 0)


def test_a_refused_roll_says_why_and_is_mended(phone_of, world, session):
    page = open_roll(phone_of(world.teacher))
    for _ in range(3):
        pupil(page, "陈欣怡").tap()
    fetched_by = page.get_by_label("接走人").and_(page.locator(":visible"))
    fetched_by.evaluate("input => { input.value = '妈'.repeat(21); }")
    save(page)
    expect(page.locator("#outbox")).to_contain_text("20220001：")
    fetched_by.fill("妈妈")
    save(page)
    page.wait_for_url(lambda url: "/roll/" not in url)
    assert counts() == ("held", 3, 3, 0, 1)


def test_the_roll_works_without_script(open_window, live_server, world, session):
    context = open_window(PHONE, java_script_enabled=False)
    enter(context, world.teacher, live_server.url)
    page = context.new_page()
    page.goto(f"/service/sessions/{session.pk}/roll/")
    page.get_by_label("陈欣怡").select_option("请假")
    page.get_by_role("button", name="保存点名").click()
    expect(page.locator("#messages")).to_contain_text("已点名")
    assert Absence.objects.get().kind == "on_leave"


def test_somebody_stands_in_after_two_taps(phone_of, world, session):
    helper = make.worker(world, "head_teacher")
    context = phone_of(world.people["academic_office"])
    page = context.new_page()
    page.goto(f"/service/schools/{world.school.unit.code}/sessions/")
    page.add_init_script(COUNT_TAPS)
    page.evaluate(COUNT_TAPS)
    page.get_by_role("link", name="代班 五年级1班作业辅导").tap()
    page.get_by_role("button", name="赵数学").tap()
    expect(page.locator("#messages")).to_contain_text("五年级1班作业辅导由赵数学带班，已通知双方")
    assert page.evaluate("Number(sessionStorage.taps)") == 2
    assert Session.objects.get().worker == helper
    page = phone_of(world.people["head_teacher"]).new_page()
    page.goto("/service/")
    expect(page.locator(".session-card")).to_contain_text("代王语文")


def test_an_incident_goes_from_the_teacher_s_phone_to_its_closing(phone_of, world, session):
    page = phone_of(world.teacher).new_page()
    page.goto("/service/")
    page.locator(".session-card").get_by_role("link", name="报告突发情况").tap()
    page.get_by_label("发生了什么").fill("一名学生跑步时摔倒，膝盖擦伤")
    page.get_by_label("现场怎样处置").fill("清洗包扎")
    page.get_by_role("button", name="报告校长").tap()
    expect(page.locator("#messages")).to_contain_text("校长已收到消息")

    page = phone_of(world.people["principal"]).new_page()
    page.goto("/accounts/messages/")
    page.get_by_role("button", name="课后服务突发情况").tap()
    page.get_by_label("补充后续处理").fill("班主任家访")
    page.get_by_role("button", name="补充").tap()
    expect(page.locator(".facts")).to_contain_text("班主任家访")
    page.goto("/service/")
    page.get_by_role("link", name="查看").tap()
    page.get_by_label("处理结果").fill("已痊愈，家长无异议")
    page.get_by_role("button", name="办结").tap()
    expect(page.locator("#messages")).to_contain_text("已办结")
    page.goto("/service/")
    expect(page.locator(".alert-danger")).to_have_count(0)
    incident = Incident.objects.get()
    assert (incident.session, incident.outcome) == (session, "已痊愈，家长无异议")
