"""Posting as it goes in a staff room: a double tap, a lost network, a keyboard alone."""

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from homework.models import Item
from tests.e2e.conftest import DESK, PHONE, enter
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MOST_TABS = 60


@pytest.fixture
def desk(world: World, open_window, live_server):
    """`desk(size)`: the teacher's page of today, signed in, in a window of its own."""

    def open_desk(size: dict[str, int], **options: object) -> Page:
        context: BrowserContext = open_window(size, **options)
        enter(context, world.teacher, live_server.url)
        page = context.new_page()
        page.goto("/homework/")
        return page

    return open_desk


def type_item(page: Page) -> None:
    page.get_by_text("公示作业", exact=True).tap()
    page.get_by_label("作业内容").fill("练习册第12页")
    page.get_by_role("button", name="25", exact=True).tap()


def test_a_double_tap_posts_once(desk):
    page = desk(PHONE, has_touch=True)
    type_item(page)
    on_the_way: list[Route] = []
    page.route("**/items/add/", lambda route: on_the_way.append(route))
    with page.expect_request("**/items/add/"):
        page.get_by_role("button", name="公示", exact=True).dblclick()
    on_the_way[0].continue_()
    expect(page.locator(".class-card")).to_contain_text("已公示：语文")
    page.wait_for_load_state("networkidle")
    assert len(on_the_way) == 1
    assert Item.objects.get().minutes == 25


def test_without_a_network_nothing_typed_is_lost(desk):
    page = desk(PHONE, has_touch=True)
    type_item(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="公示", exact=True).tap()
    expect(page.locator("#outbox")).to_contain_text("练习册第12页还没发出，有网后自动发送")
    page.context.set_offline(False)
    expect(page.locator(".class-card")).to_contain_text("已公示：语文")
    assert Item.objects.get().content == "练习册第12页"


def tab_to(page: Page, script: str) -> None:
    """Press Tab until the focused element satisfies `script`, an expression of `one`."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(f"((one) => {script})(document.activeElement)"):
            return
    raise AssertionError(f"Tab never comes to {script}")


def test_the_keyboard_alone_is_enough(desk):
    page = desk(DESK)
    tab_to(page, "one.matches('summary') && one.textContent === '公示作业'")
    page.keyboard.press("Enter")
    expect(page.get_by_label("作业内容")).to_be_focused()
    page.keyboard.type("背诵第三课")
    tab_to(page, "one.name === 'minutes'")
    page.keyboard.type("15")
    tab_to(page, "one.type === 'submit' && one.textContent === '公示'")
    page.keyboard.press("Enter")
    expect(page.locator(".class-card")).to_contain_text("已公示：语文")
    item = Item.objects.get()
    assert (item.content, item.minutes) == ("背诵第三课", 15)
