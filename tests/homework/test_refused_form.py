"""What a refusal leaves on the teacher's form, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.e2e.conftest import DESK, browser, enter, open_window
from tests.world import World

__all__ = ["browser", "open_window"]  # fixtures

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def refused(world: World, open_window, live_server) -> Page:
    """The form as it comes back: forty minutes on top of a colleague's thirty."""
    make.ItemFactory(class_group=world.class_group, subject=make.subject("数学"), minutes=30)
    context = open_window(DESK)
    enter(context, world.teacher, live_server.url)
    page = context.new_page()
    page.goto("/homework/")
    page.get_by_text("公示作业", exact=True).click()
    page.get_by_label("作业内容").fill("作文一篇")
    page.get_by_label("预计用时").fill("40")
    page.get_by_role("button", name="公示", exact=True).click()
    expect(page.locator(".reason .text-bad")).to_contain_text("书面作业共70分钟")
    return page


def test_the_refusal_goes_when_the_minutes_are_changed(refused):
    refused.get_by_label("预计用时").fill("20")
    expect(refused.locator(".reason .text-bad")).to_have_count(0)
    expect(refused.locator(".reason")).to_be_hidden()
    expect(refused.locator(".forecast")).to_contain_text("还剩10分钟")


def test_the_refusal_goes_with_one_tap_on_other_minutes(refused):
    refused.get_by_role("button", name="25", exact=True).click()
    expect(refused.locator(".reason .text-bad")).to_have_count(0)
    assert refused.locator(".reason [aria-invalid]").count() == 0


def test_the_reason_stays_while_it_is_written(refused):
    refused.get_by_label("超量原因").fill("单元复习")
    expect(refused.locator(".reason")).to_be_visible()
    refused.get_by_role("button", name="公示", exact=True).click()
    expect(refused.locator(".said")).to_contain_text("等待教导处审核")
