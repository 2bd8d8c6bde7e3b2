"""A finding on the phone: a visit, what was found, the school's answer, sent back, answered again, verified, closed."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from inspections.models import Evidence, Finding, Visit
from tests.e2e.conftest import PHONE, enter

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def photo() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (2400, 1800), "green").save(out, "JPEG")
    return {"name": "公示栏.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def phone_of(open_window, live_server, world):
    """`phone_of("principal")`: a page on that person's phone."""

    def make_page(person: str) -> Page:
        context = open_window(PHONE, has_touch=True)
        enter(context, world.people[person], live_server.url)
        return context.new_page()

    return make_page


def take_step(page: Page, label: str, answer: str, **fields: str) -> None:
    """Open the step's form where it is folded, fill it in, send it, read the answer."""
    form = page.locator("details", has=page.locator("summary", has_text=label)).first
    if form.get_attribute("open") is None:
        form.locator("summary").tap()
    for name, text in fields.items():
        form.locator(f"[name={name}]").fill(text)
    form.get_by_role("button", name=label).tap()
    expect(page.get_by_text(answer)).to_be_visible()


def test_a_finding_from_the_visit_to_its_closing(phone_of, world):
    inspector, principal, officer = phone_of("supervisor"), phone_of("principal"), phone_of("county_officer")

    inspector.goto("/inspections/")
    inspector.get_by_role("link", name="到校督导").tap()
    inspector.get_by_label("学校、单位或机构名称").fill("实验")
    inspector.get_by_role("button", name="查找").tap()
    inspector.get_by_role("link", name="记一次督导").tap()
    inspector.get_by_label("督导记录").fill("看了公示栏，听了一节课。")
    inspector.get_by_label("听课节数").fill("1")
    inspector.get_by_role("button", name="保存，接着记问题").tap()
    inspector.get_by_role("link", name="记一个问题").tap()
    inspector.get_by_label("类别").select_option("作业管理不精细")
    inspector.get_by_label("发现了什么问题").fill("三年级两个班没有公示作业。")
    inspector.get_by_label("现场材料").set_input_files(photo())
    inspector.get_by_role("button", name="登记").tap()
    expect(inspector.get_by_text("已登记，责任单位已收到消息。")).to_be_visible()
    finding = Finding.objects.get()
    assert (finding.visit, finding.state) == (Visit.objects.get(), "found")
    assert Evidence.objects.get().size < 60_000

    principal.goto("/accounts/messages/")
    principal.get_by_role("button", name="有一个新的督导问题").tap()
    principal.wait_for_url(f"**/inspections/findings/{finding.pk}/")
    expect(principal.get_by_role("img", name="公示栏.jpg")).to_have_js_property("complete", True)
    take_step(principal, "整改方案", "整改方案已保存。", text="教导处每天放学前核对公示。")
    take_step(principal, "报送整改", "整改已报送，等待核查。", text="两个班已公示。")

    inspector.goto(f"/inspections/findings/{finding.pk}/")
    take_step(inspector, "退回", "请写明退回的原因。")
    take_step(inspector, "退回", "已退回，责任单位已收到消息。", text="只补了一天，请连续一周。")

    principal.reload()
    take_step(principal, "报送整改", "整改已报送，等待核查。", text="已连续公示一周。")
    officer.goto(f"/inspections/findings/{finding.pk}/")
    take_step(officer, "核查通过", "核查通过，可以销号了。")
    take_step(officer, "销号", "已销号。")

    finding.refresh_from_db()
    assert (finding.state, finding.answered_by, finding.verified_by) == (
        "closed",
        world.people["principal"],
        world.people["county_officer"],
    )
    assert [step.kind for step in finding.steps.all()] == [
        *("open", "plan", "submit", "send_back", "submit", "verify", "close"),
    ]
