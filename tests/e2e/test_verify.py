"""Anybody with an issued paper and its file sees whether the file is the one that was issued."""

import hashlib

import pytest
from playwright.sync_api import expect

from reports.models import ReportFile
from tests.e2e.conftest import PHONE
from tests.reports.issue import marked_issued

pytestmark = pytest.mark.django_db(transaction=True)

PDF = b"%PDF-1.7\nissued\n" * 1000


def test_the_true_file_is_known_and_an_altered_one_is_not(world, open_window, live_server, tmp_path):
    report = marked_issued(world.county)
    digest = hashlib.sha256(PDF).hexdigest()
    ReportFile.objects.create(report=report, format="pdf", content=PDF, sha256=digest, pages=1)
    true, altered = tmp_path / "报告.pdf", tmp_path / "改过.pdf"
    true.write_bytes(PDF)
    altered.write_bytes(PDF.replace(b"issued", b"Issued", 1))

    page = open_window(PHONE).new_page()
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(f"{live_server.url}/reports/verify/")
    page.get_by_label("验证码").fill(report.spaced_code.lower())
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_text("东县2026年10月上半月半月报")).to_be_visible()
    page.get_by_label("要核对的文件").set_input_files(str(true))
    expect(page.get_by_text("是原件：与签发的PDF文件一字不差。")).to_be_visible()
    page.get_by_label("要核对的文件").set_input_files(str(altered))
    expect(page.get_by_text("不是原件：")).to_be_visible()
    assert set(sent) == {"GET"}  # the file went nowhere
