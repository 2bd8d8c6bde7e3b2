"""An officer on the phone: a bank's statement shows a risk, wrongdoing goes from its discovery to the public list."""

import datetime as dt

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, enter
from tests.training import make
from training.models import Institution, Signal

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_from_a_statement_to_a_risk_and_from_wrongdoing_to_the_public_list(open_window, live_server, world):
    cache.clear()
    by = world.people["county_officer"]
    institution = make.institution(by, world.county)
    make.account(by, institution, opened_on=dt.date(2026, 9, 1))
    context = open_window(PHONE, has_touch=True)
    enter(context, by, live_server.url)
    officer = context.new_page()

    officer.goto(f"/training/{institution.pk}/")
    officer.get_by_role("link", name="预收费资金").tap()
    officer.get_by_role("link", name="导入流水").tap()
    content = make.bank_csv(("2026-09-05", 20_000), ("2026-09-20", -80_000), opening=90_000)
    officer.get_by_label("银行流水").set_input_files({"name": "9月.csv", "mimeType": "text/csv", "buffer": content})
    officer.get_by_role("button", name="保存").tap()
    expect(officer.get_by_text("流水已导入，余额逐笔核对无误。")).to_be_visible()
    expect(officer.get_by_text("低于最低留存", exact=True)).to_be_attached()
    officer.get_by_role("link", name="风险", exact=True).tap()
    expect(officer.get_by_text("高风险", exact=True)).to_be_visible()
    officer.get_by_role("listitem").filter(has_text="大额资金流出").get_by_role("link", name="核实").tap()
    officer.get_by_label("排除").tap()
    officer.get_by_label("理由").fill("支付房租，已看合同。")
    officer.get_by_role("button", name="保存").tap()
    expect(officer.get_by_text("支付房租，已看合同。")).to_be_visible()
    assert set(Signal.objects.counting().values_list("kind", flat=True)) == {"below_minimum"}

    officer.get_by_role("link", name="违规", exact=True).tap()
    officer.get_by_role("link", name="登记违规").tap()
    officer.get_by_label("所在县").select_option("东县")
    officer.get_by_label("名称").fill("阳光小区某培训点")
    officer.get_by_label("类型").select_option("隐形变异")
    officer.get_by_label("变异形式").select_option("住家教师")
    officer.get_by_label("情况").fill("居民楼内讲授数学。")
    officer.get_by_role("button", name="保存").tap()
    officer.get_by_role("link", name="阳光小区某培训点").tap()
    officer.get_by_role("link", name="填处理决定").tap()
    officer.get_by_label("依据").select_option("53-18")
    officer.get_by_label("处理决定").fill("责令改正，退还所收费用，警告。")
    officer.get_by_label("罚款").fill("60000")
    officer.get_by_role("button", name="保存").tap()
    expect(officer.get_by_text("这一条罚款最高50,000元。")).to_be_visible()
    expect(officer.get_by_label("处理决定")).to_have_value("责令改正，退还所收费用，警告。")
    officer.get_by_label("罚款").fill("20000")
    officer.get_by_role("button", name="保存").tap()
    officer.get_by_role("link", name="登记通报").tap()
    officer.get_by_label("通报文号或网址").fill("官网公告第8号")
    officer.get_by_role("button", name="保存").tap()
    expect(officer.get_by_text("通报已登记，案件办结。")).to_be_visible()

    family = open_window(PHONE, has_touch=True, java_script_enabled=False).new_page()
    family.goto("/training/lists/")
    family.get_by_role("link", name="东县").tap()
    expect(family.get_by_text(str(Institution.objects.get()))).to_be_visible()
    family.get_by_role("link", name="黑名单").tap()
    expect(family.get_by_text("官网公告第8号")).to_be_visible()
    family.get_by_role("link", name="举报").tap()
    expect(family.get_by_role("heading", name="向东县教育主管部门举报")).to_be_visible()
