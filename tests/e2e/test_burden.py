"""How long a form takes, measured in a real browser: one sum a day later, and nothing where the school says no."""

import datetime as dt
import json

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from afterschool.models import Session
from homework.models import Item
from reports.burden import services
from reports.models import BurdenTally
from tests import factories
from tests.afterschool import make as service
from tests.e2e.conftest import PHONE, enter, wait_for
from tests.fixtures import SHANGHAI
from tests.inspections import make as oversight
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AFTERNOON = dt.datetime(2026, 10, 14, 16, 30, tzinfo=SHANGHAI)
ADD = "/reports/burden/add/"


@pytest.fixture
def context(world: World, open_window, live_server) -> BrowserContext:
    context = open_window(PHONE, timezone_id="Asia/Shanghai")
    enter(context, world.teacher, live_server.url)
    context.clock.install(time=AFTERNOON)
    return context


def fill(page: Page) -> None:
    """Twenty seconds, a pause of five minutes that does not count, and ten seconds."""
    with page.expect_response("**/burden/asked/"):
        page.goto("/homework/")
    page.locator("summary", has_text="公示作业").click()
    content = page.get_by_label("作业内容")
    content.fill("练习册第12页")
    page.clock.fast_forward(20_000)
    content.press("End")
    page.clock.fast_forward(300_000)
    page.get_by_role("button", name="15", exact=True).click()
    page.clock.fast_forward(10_000)
    page.get_by_role("button", name="公示", exact=True).click()
    expect(page.locator(".item-content")).to_have_text("练习册第12页")


def kept(page: Page) -> dict:
    return json.loads(page.evaluate("localStorage.getItem('burden:' + document.body.dataset.user)") or "{}")


def sums(page: Page) -> dict[str, list]:
    """Filled, and fields, of each kind that waits on this browser."""
    waiting = kept(page).get("sums", {})
    return {key.split(" ")[1]: [filled, fields] for key, (filled, _, fields) in waiting.items()}


def share(world: World) -> None:
    services.choose(by=world.people["principal"], school=world.school, is_shared=True, today=AFTERNOON.date())


def next_day(page: Page, clock) -> None:
    clock(AFTERNOON + dt.timedelta(days=1))
    page.clock.fast_forward(24 * 3600 * 1000)
    with page.expect_response("**/burden/asked/"):
        page.goto("/homework/")


def test_a_day_s_homework_becomes_one_sum_the_day_after(context, world, clock):
    share(world)
    page = context.new_page()
    sent = []
    page.on("request", lambda request: sent.append(request.post_data_json) if request.url.endswith(ADD) else None)
    fill(page)
    expect(page.get_by_text("本校汇总填报用时，不记个人。")).to_be_visible()
    page.reload()
    assert Item.objects.count() == 1
    assert sent == []  # on the day itself nothing goes
    next_day(page, clock)
    wait_for(BurdenTally.objects.exists)
    row = BurdenTally.objects.get()
    assert (row.school, row.week, row.form) == (world.school, dt.date(2026, 10, 12), "homework")
    assert (row.devices, row.filled) == (1, 1)
    assert 30 <= row.seconds < 120  # the clock of a busy machine runs on
    assert 3 <= row.fields <= 10
    page.reload()
    expect(page.locator(".class-card")).to_be_visible()
    assert len(sent) == 1
    assert [set(one) for one in sent[0]] == [{"week", "form", "filled", "seconds", "fields", "is_first"}]
    assert "sums" not in kept(page)


def test_nothing_is_kept_or_sent_where_the_school_has_not_turned_it_on(context, world, clock):
    page = context.new_page()
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith(ADD) else None)
    fill(page)
    assert "sums" not in kept(page)
    expect(page.get_by_text("本校汇总填报用时")).to_have_count(0)
    next_day(page, clock)
    assert sent == []
    assert not BurdenTally.objects.exists()


def test_a_roll_counts_once_it_is_sent_and_asks_one_thing_of_each_pupil(context, world):
    share(world)
    group = service.group(world)
    for number, name in enumerate(("陈欣怡", "刘浩宇"), 1):
        service.enrolment(group, service.pupil(world, number, name=name))
    session = service.session(group, factories.TODAY, expected=2)
    page = context.new_page()
    with page.expect_response("**/burden/asked/"):
        page.goto(f"/service/sessions/{session.pk}/roll/")
    for _ in range(3):
        page.get_by_role("button", name="陈欣怡").click()
    page.get_by_role("button", name="保存点名").click()  # who fetched her is still asked
    expect(page.locator(".roll-state")).to_have_text("陈欣怡：请填写接走人。")
    assert sums(page) == {}
    page.get_by_label("接走人").and_(page.locator(":visible")).fill("爷爷")
    page.get_by_role("button", name="保存点名").click()
    wait_for(Session.objects.filter(state="held").exists)
    page.wait_for_url("**/service/?day=2026-10-14")
    assert sums(page) == {"roll": [1, 3]}


def test_a_return_kept_for_later_and_a_finding_s_answer(open_window, live_server, world):
    share(world)
    finding = oversight.finding(world.people["supervisor"], world.school.unit)
    context = open_window(PHONE)
    enter(context, world.people["principal"], live_server.url)
    context.clock.install(time=AFTERNOON)
    page = context.new_page()
    with page.expect_response("**/burden/asked/"):
        page.goto(f"/reports/returns/{world.school.unit.code}/2026-10-H1/")
    for radio in page.get_by_role("radio", name="是").all():
        radio.check()
    page.get_by_label("说明").fill("已核对。")
    page.get_by_role("button", name="先保存").click()
    expect(page.locator("#messages .alert")).to_be_visible()
    assert sums(page) == {"return": [0, 0]}
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.get_by_text("已报送。", exact=True)).to_be_visible()
    assert sums(page)["return"][0] == 1
    page.goto(f"/inspections/findings/{finding.pk}/")
    form = page.locator("details", has=page.locator("summary", has_text="整改方案")).first
    form.locator("[name=text]").fill("每天放学前核对公示。")
    form.get_by_role("button", name="整改方案").click()
    expect(page.get_by_text("整改方案已保存。")).to_be_visible()
    assert sums(page)["finding"][0] == 1


def test_what_waits_goes_when_she_signs_out_on_any_page(context, world):
    share(world)
    page = context.new_page()
    fill(page)
    assert list(sums(page)) == ["homework"]
    page.goto("/accounts/messages/")
    page.get_by_role("button", name="打开菜单").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in/**")
    assert page.evaluate("Object.keys(localStorage)") == []
