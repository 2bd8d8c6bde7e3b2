"""From a teacher's thumb to the county's PDF: browser, web server, worker and database, as they are in use."""

import io
import re

import pytest
from celery import current_app
from django.db import connection, transaction
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pypdf import PdfReader

from reports import services
from reports.models import HomeworkTally
from schools.periods import PeriodKind, containing
from tests.e2e import town
from tests.e2e.conftest import DESK, PHONE, snap, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def clock():
    """The worker is a process of its own: both go by the true time."""


def sign_in(context: BrowserContext, phone: str) -> Page:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("手机号").fill(phone)
    page.get_by_label("密码").fill(town.PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile(r"/$"))
    return page


def fill_item(card: Locator, content: str, minutes: str) -> None:
    card.get_by_text("公示作业", exact=True).tap()
    card.get_by_label("作业内容").fill(content)
    card.get_by_label("预计用时").fill(minutes)


def post_within_the_limit(page: Page) -> None:
    page.get_by_role("button", name="打开菜单").tap()
    page.get_by_role("link", name="今日作业").tap()
    card = page.locator(".class-card").first
    expect(card).to_contain_text("还剩60分钟")
    fill_item(card, "练习册第12页", "25")
    expect(card).to_contain_text("公示后还剩35分钟")
    snap(page, "line-1-teacher-types")
    card.get_by_role("button", name="公示", exact=True).tap()
    expect(card).to_contain_text("已公示：语文")
    expect(card).to_contain_text("还剩35分钟")
    snap(page, "line-2-teacher-has-posted")


def go_over_with_a_reason(page: Page) -> None:
    card = page.locator(".class-card").first
    fill_item(card, "作文一篇", "45")
    expect(card).to_contain_text("将超出10分钟")
    card.get_by_role("button", name="公示", exact=True).tap()
    expect(card.get_by_role("alert")).to_contain_text("超过60分钟")
    expect(card.get_by_label("作业内容")).to_have_value("作文一篇")
    snap(page, "line-4-teacher-is-asked-why")
    card.get_by_label("超量原因").fill("单元复习")
    card.get_by_role("button", name="公示", exact=True).tap()
    expect(card).to_contain_text("超出10分钟")
    snap(page, "line-5-teacher-is-over")


def read_the_board(context: BrowserContext, *words: str, name: str) -> None:
    page = context.new_page()
    page.goto("/homework/board/")
    page.get_by_role("searchbox").or_(page.get_by_role("textbox")).first.fill("东县实验")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="东县实验小学").click()
    for word in words:
        expect(page.locator("#main, main").first).to_contain_text(word)
    snap(page, name)


def let_it_stand(page: Page) -> None:
    page.get_by_role("main").get_by_role("link", name="待审核", exact=True).click()
    review = page.locator(".review-card")
    expect(review).to_contain_text("70分钟 / 限60分钟")
    expect(review).to_contain_text("单元复习")
    snap(page, "line-7-office-decides")
    review.get_by_role("button", name="维持").click()
    expect(page.get_by_text("没有等您审核的作业")).to_be_visible()


def make_the_report(page: Page, place: town.Town) -> bytes:
    """Its saving is held up until the page has shown how far it is."""
    period = containing(PeriodKind.HALF_MONTH, place.today)
    page.get_by_role("link", name="报表", exact=True).click()
    row = page.get_by_role("region", name=period.name).get_by_role("row", name="东县")
    snap(page, "line-8-officer-reports")
    with transaction.atomic(), connection.cursor() as cursor:
        key = services.job_key(place.county, period)
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        row.get_by_role("button", name="生成草稿").click()
        expect(page.get_by_role("progressbar", name="生成进度")).to_be_visible()
        expect(page.locator("#report-state")).to_contain_text("正在保存")
        snap(page, "line-9-report-in-progress")
    expect(page.get_by_text("草稿", exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text("33.33%")
    expect(page.locator("[data-chart] svg")).to_have_count(2)
    snap(page, "line-10-report")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").first.click()
    return download.value.path().read_bytes()


def test_what_a_teacher_posts_is_in_the_county_report(open_window, start_worker):
    place = town.build(classes=3)
    start_worker()
    teacher = sign_in(open_window(PHONE, has_touch=True, is_mobile=True), town.TEACHER)
    post_within_the_limit(teacher)
    read_the_board(open_window(PHONE), "练习册第12页", "书面作业共25分钟", name="line-3-board")
    go_over_with_a_reason(teacher)
    read_the_board(open_window(PHONE), "作文一篇", "书面作业共70分钟", name="line-6-board")
    let_it_stand(sign_in(open_window(DESK), town.OFFICE))

    current_app.send_task("reports.tasks.take_changed_days")
    wait_for(lambda: HomeworkTally.objects.filter(day=place.today, over_limit=1, waiting=0).exists())
    officer = sign_in(open_window(DESK), town.OFFICER)
    printed = PdfReader(io.BytesIO(make_the_report(officer, place)))

    text = re.sub(r"\s", "", "".join(page.extract_text() for page in printed.pages))
    assert "应公示3个班级日，公示完整1个，班级日公示率33.33%" in text
    assert "其中书面作业超限1个，超限率100%" in text
    assert "五年级17060100%" in text
