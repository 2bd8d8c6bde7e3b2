"""Reports and sums without the web."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command

from reports import documents
from reports.models import HomeworkTally, Report
from tests.fixtures import SHANGHAI
from tests.reports.city import MONDAY, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_the_cut_off(clock):
    clock(dt.datetime(2026, 10, 16, 9, tzinfo=SHANGHAI))


def report(world, **values):
    options = {"unit": world.county.code, "period": "2026-10-H1", "format": "json"} | values
    call_command("report", stdout=io.StringIO(), stderr=io.StringIO(), **options)


@pytest.mark.slow
@pytest.mark.parametrize(("format", "start"), [("pdf", b"%PDF-1.7"), ("docx", b"PK"), ("xlsx", b"PK"), ("json", b"{")])
def test_each_format_is_written(world, tmp_path, format, start):
    report(world, format=format, out=tmp_path / "out")
    assert (tmp_path / "out").read_bytes().startswith(start)


@pytest.mark.slow
def test_the_file_is_what_is_kept_and_a_second_run_makes_nothing_new(world, tmp_path):
    post(world.class_group, MONDAY, 30)
    report(world, out=tmp_path / "one.json")
    report(world, out=tmp_path / "two.json")
    kept = Report.objects.get()
    assert (tmp_path / "one.json").read_bytes() == bytes(kept.files.get(format="json").content)
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert json.loads((tmp_path / "one.json").read_bytes())["counts"]["complete"] == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"unit": "999999"}, "没有代码为999999的单位"),
        ({"period": "2026-13"}, "没有“2026-13”这样的期次"),
        ({"period": "2026-11"}, "2026年11月还没有开始"),
    ],
)
def test_what_cannot_be_reported_is_said_in_words_and_leaves_no_file(world, tmp_path, values, words):
    with pytest.raises(CommandError, match=words):
        report(world, out=tmp_path / "out.json", **values)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said_before_the_work(world, tmp_path):
    with pytest.raises(CommandError, match="不存在"):
        report(world, out=tmp_path / "none" / "out.json")
    assert not Report.objects.exists()


def test_a_write_that_fails_leaves_the_former_file_whole(world, tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "print_all", lambda snapshot, made_at: [documents.make_json(snapshot)])
    target = tmp_path / "out"
    target.mkdir()  # a folder cannot be replaced by a file
    with pytest.raises(CommandError, match="无法写入"):
        report(world, out=target)
    assert list(tmp_path.iterdir()) == [target]


def test_rebuilding_days_says_how_many(world):
    said = io.StringIO()
    call_command("rebuild_days", first=MONDAY, last=MONDAY + dt.timedelta(days=1), stdout=said)
    assert said.getvalue() == "已汇总2天，6行。\n"  # a class in one of the two schools


def test_reconciling_lists_and_mends_what_differs(world):
    call_command("rebuild_days", first=MONDAY, last=MONDAY, stdout=io.StringIO())
    HomeworkTally.objects.filter(school=world.school).update(subjects_due=5)
    said = io.StringIO()
    call_command("reconcile", first=MONDAY, last=MONDAY, stdout=said)
    assert "5年级：subjects_due 5→2" in said.getvalue()
    assert "共1处不同，已改正。" in said.getvalue()
    again = io.StringIO()
    call_command("reconcile", first=MONDAY, last=MONDAY, stdout=again)
    assert again.getvalue() == "没有不同。\n"


def test_days_in_the_wrong_order_are_refused(world):
    with pytest.raises(CommandError, match="不能早于"):
        call_command("rebuild_days", first=MONDAY, last=MONDAY - dt.timedelta(days=1))
