"""A family on an old phone, with scripts switched off: minutes reported, a message sent and followed by its code."""

import pytest
from playwright.sync_api import Page, expect

from homework.models import Feedback, TimeSample
from homework.services import feedback
from tests import factories as make
from tests.e2e.conftest import PHONE, snap
from tests.world import World, build

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db) -> World:
    return build()


@pytest.fixture
def page(open_window, world) -> Page:
    make.ItemFactory(class_group=world.class_group, minutes=30)
    return open_window(PHONE, java_script_enabled=False).new_page()


def test_minutes_are_reported_and_a_message_is_followed_without_script(page, world):
    board = f"/homework/board/c/{world.class_group.board_key}/"
    page.goto(f"{board}time/")
    page.get_by_label("书面作业实际用了几分钟").fill("50")
    page.get_by_text("没做完", exact=True).click()
    snap(page, "family-time")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("这台设备今天已经填过")
    fits(page)

    page.get_by_role("link", name="反映作业问题").click()
    page.get_by_text("要求用手机", exact=True).click()
    page.get_by_label("请说明情况").fill("要求在手机上打卡")
    snap(page, "family-feedback")
    page.get_by_role("button", name="提交").click()
    code = page.locator(".activation-code").inner_text()
    fits(page)
    snap(page, "family-receipt")

    answer(world)
    page.goto("/homework/board/feedback/")
    page.get_by_label("查询码").fill(code.lower())
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("status")).to_contain_text("已取消打卡")
    expect(page.get_by_role("status")).to_contain_text("属实")
    snap(page, "family-answer")

    sample = TimeSample.objects.get()
    assert (sample.minutes, sample.finished) == (50, False)


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def answer(world: World) -> None:
    message = Feedback.objects.get(kind=Feedback.Kind.PHONE)
    feedback.answer_feedback(
        by=world.people["academic_office"], message=message, answer="已取消打卡，谢谢。", is_upheld=True
    )
