"""教导处 goes through her queue by keyboard, and without script by the page's own buttons."""

import pytest
from playwright.sync_api import expect

from homework.models import Decision, Notice
from tests import factories as make
from tests.e2e.conftest import DESK, enter, snap

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def queue(world):
    """Three classes over the limit, in the order of the page."""
    groups = [world.class_group, *(make.ClassGroupFactory(school=world.school, number=number) for number in (2, 3))]
    return [make.ItemFactory(class_group=group, minutes=70, overrun_reason="作文课").notice for group in groups]


def look(world, open_window, live_server, **options):
    context = open_window(DESK, **options)
    enter(context, world.people["academic_office"], live_server.url)
    page = context.new_page()
    page.goto("/homework/reviews/")
    return page


def reviews(queue):
    stored = {notice.pk: notice.review for notice in Notice.objects.all()}
    return [stored[notice.pk] for notice in queue]


def test_the_queue_is_worked_through_by_keyboard(world, queue, open_window, live_server):
    page = look(world, open_window, live_server)
    cards = page.locator("[data-review]")
    for key in ("j", "ArrowDown", "k"):
        page.keyboard.press(key)
    expect(cards.nth(0)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("[data-review-count]")).to_have_text("（1份）")
    page.keyboard.press("?")
    expect(page.get_by_text("换一份")).to_be_visible()
    snap(page, "review-queue")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(cards.nth(1).get_by_label("退回原因", exact=True)).to_be_focused()
    page.keyboard.type("ajr")  # letters typed into the field do nothing else
    page.keyboard.press("Escape")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_text("已处理1份：五年级2班。")).to_be_visible()
    assert reviews(queue) == ["pending", "stands", "pending"]


def test_a_quick_reason_can_be_changed_before_it_is_sent(world, queue, open_window, live_server):
    page = look(world, open_window, live_server)
    card = page.locator("[data-review]").nth(0)
    card.get_by_role("button", name="机械抄写，请换形式").click()
    page.keyboard.press("End")
    page.keyboard.type("：改为朗读")
    page.keyboard.press("Enter")
    expect(page.get_by_text("五年级1班：已退回修改，并告诉了教师。")).to_be_visible()
    assert Decision.objects.get().note == "机械抄写，请换形式：改为朗读"


def test_without_script_the_buttons_do_the_same(world, queue, open_window, live_server):
    page = look(world, open_window, live_server, java_script_enabled=False)
    page.get_by_role("checkbox", name="五年级1班").check()
    page.get_by_role("checkbox", name="五年级2班").check()
    page.get_by_role("button", name="放行或维持选中的").click()
    expect(page.get_by_text("已处理2份：五年级1班、五年级2班。")).to_be_visible()
    page.get_by_role("button", name="机械抄写，请换形式").click()
    expect(page.get_by_text("五年级3班：已退回修改，并告诉了教师。")).to_be_visible()
    assert reviews(queue) == ["stands", "stands", "returned"]
