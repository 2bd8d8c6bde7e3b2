"""A principal reports on the phone; the county takes it in on the desk and prints the form."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from reports.models import Return
from tests.e2e.conftest import DESK, PHONE, enter

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_from_a_school_s_return_to_the_printed_form(open_window, live_server, world):
    cache.clear()
    context = open_window(PHONE, has_touch=True)
    enter(context, world.people["principal"], live_server.url)
    principal = context.new_page()
    principal.goto(f"{live_server.url}/reports/returns/")
    principal.get_by_role("link", name="东县实验小学").first.tap()
    expect(principal.get_by_role("button", name="先保存")).to_be_visible()
    for radio in principal.get_by_role("radio", name="是").all():
        radio.check()
    principal.get_by_role("button", name="报送").tap()
    expect(principal.get_by_text("核对无误的，请在“说明”里写明原因再报送。")).to_be_visible()
    principal.get_by_label("说明").fill("纸质公示栏齐全，已核对。")
    principal.get_by_role("button", name="报送").tap()
    expect(principal.get_by_text("已报送。", exact=True)).to_be_visible()
    expect(principal.get_by_text("已报送，等东县接收。")).to_be_visible()

    context = open_window(DESK)
    enter(context, world.people["county_officer"], live_server.url)
    officer = context.new_page()
    officer.goto(f"{live_server.url}/reports/returns/")
    officer.get_by_role("link", name="收表").first.click()
    officer.get_by_role("link", name="申报与计算对照").click()
    expect(officer.get_by_text("2. 作业时间控制达标学校：申报“是”，计算“否”")).to_be_visible()
    officer.get_by_role("link", name="收表").click()
    officer.get_by_label("接收东县实验小学").check()
    officer.get_by_role("button", name="接收勾选的").click()
    expect(officer.get_by_text("已接收1份。")).to_be_visible()
    officer.get_by_role("link", name="半月报表").click()
    expect(officer.get_by_role("heading", name="东县“双减”工作专项督导半月报")).to_be_visible()
    with officer.expect_download() as download:
        officer.get_by_role("link", name="PDF（竖排）").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-1.7")
    assert Return.objects.get().state == "accepted"
