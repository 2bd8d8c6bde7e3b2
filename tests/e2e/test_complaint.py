"""An anonymous complaint on the phone, from the public form with a picture to its answer by the receipt code."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from inspections.models import Complaint
from tests.e2e.conftest import PHONE, enter

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def photo() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (2000, 1500), "navy").save(out, "JPEG")
    return {"name": "课表.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_an_anonymous_complaint_to_its_answer(open_window, live_server, world):
    family = open_window(PHONE, has_touch=True, java_script_enabled=False).new_page()
    family.goto("/inspections/report/")
    family.get_by_role("link", name="向东县反映").tap()
    family.get_by_label("反映什么问题").select_option("强制或变相强制参加")
    family.get_by_label("哪所学校或机构").fill("东县实验小学")
    family.get_by_label("什么情况").fill("不报课后服务就不让参加社团。")
    family.get_by_label("图片").set_input_files(photo())
    family.get_by_role("button", name="提交").tap()
    expect(family.get_by_role("heading", name="已收到，谢谢")).to_be_visible()
    code = family.locator(".activation-code").inner_text()

    context = open_window(PHONE, has_touch=True)
    enter(context, world.people["county_officer"], live_server.url)
    officer = context.new_page()
    officer.goto("/accounts/messages/")
    officer.get_by_role("button", name="收到一件举报").tap()
    expect(officer.get_by_role("img", name="图片1")).to_have_js_property("complete", True)
    officer.get_by_role("button", name="受理", exact=True).tap()
    expect(officer.get_by_text("已受理，由您承办。")).to_be_visible()
    officer.get_by_label("不属实", exact=True).tap()
    officer.get_by_label("答复（举报人看得到）").fill("社团不以课后服务为条件，已请学校公告。")
    officer.get_by_role("button", name="答复").tap()
    expect(officer.get_by_text("已答复，举报人凭查询码看得到。")).to_be_visible()

    family.get_by_role("link", name="查办理结果").tap()
    family.get_by_label("查询码").fill(code)
    family.get_by_role("button", name="查询").tap()
    expect(family.get_by_text("社团不以课后服务为条件，已请学校公告。")).to_be_visible()
    family.get_by_label("满意", exact=True).tap()
    family.get_by_role("button", name="提交评价").tap()
    expect(family.get_by_text("您的评价")).to_be_visible()
    assert Complaint.objects.get().satisfied is True
