"""Making a report: drafts, versions, corrections, twice and at once; and what the printed files hold."""

import csv
import datetime as dt
import hashlib
import io
import json
import threading

import pytest
from django.db import connection
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from accounts import jobs
from accounts.models import Job
from homework.models import Notice
from reports import documents, services, tables, tasks
from reports.compute import NoReportError
from reports.corrections import corrections
from reports.models import Report
from reports.snapshot import from_json
from schools.models import ChangedDay
from schools.periods import parse
from tests import factories as make
from tests.fixtures import SHANGHAI
from tests.reports.city import MONDAY, TUESDAY, a_city, a_class, post
from tests.reports.issue import issue

DRAFT_TIME = dt.datetime(2026, 10, 14, 16, 30, tzinfo=SHANGHAI)
AFTER = dt.datetime(2026, 10, 16, 9, tzinfo=SHANGHAI)
LATER = dt.datetime(2026, 10, 17, 9, tzinfo=SHANGHAI)
H1 = parse("2026-10-H1")


def a_county():
    """Two classes; one posts 30 minutes on Monday, the other nothing."""
    county = make.CountyFactory(parent=a_city(), name="东县")
    school = make.SchoolFactory(parent=county, name="东县实验小学")
    a_class(school, number=2)
    post(a_class(school, number=1), MONDAY, 30)
    return county


@pytest.fixture
def county(db):
    return a_county()


@pytest.fixture
def unprinted(monkeypatch):
    """Leaves the printing out where only the succession of reports is asked about."""
    monkeypatch.setattr(documents, "print_all", lambda snapshot, made_at: [documents.make_json(snapshot)])
    monkeypatch.setattr(documents, "print_issued", lambda snapshot, particulars: [])


def make_report(county, now, **values):
    return services.make_report(unit=county, period=H1, now=now, **values)


def change_facts(county):
    """The silent class posts an overrun for Tuesday, late."""
    group = county.places_below.get().unit.school.classes.get(number=2)
    post(group, TUESDAY, 70, is_on_time=False)
    ChangedDay.objects.note([(group.school_id, TUESDAY)])


# --- Drafts and versions ---


def test_before_the_cut_off_a_report_is_a_draft_and_replaces_the_former(county, unprinted):
    first = make_report(county, DRAFT_TIME)
    second = make_report(county, DRAFT_TIME + dt.timedelta(minutes=1))
    assert (first.is_draft, second.is_draft) == (True, True)
    assert list(Report.objects.all()) == [second]


def test_the_first_after_the_cut_off_is_version_1_and_ends_the_draft(county, unprinted):
    make_report(county, DRAFT_TIME)
    report = make_report(county, AFTER)
    assert (report.version, report.is_draft) == (1, False)
    assert list(Report.objects.all()) == [report]


def test_the_day_of_the_cut_off_still_makes_a_draft_and_the_next_does_not(county, unprinted):
    assert make_report(county, dt.datetime(2026, 10, 15, 23, 59, tzinfo=SHANGHAI)).is_draft
    assert not make_report(county, dt.datetime(2026, 10, 16, 0, 0, tzinfo=SHANGHAI)).is_draft


def test_the_same_figures_give_the_report_at_hand(county, unprinted):
    assert make_report(county, AFTER) == make_report(county, LATER)
    assert Report.objects.count() == 1


def test_changed_figures_give_a_new_version_that_says_what_changed(county, unprinted):
    first = issue(make_report(county, AFTER))
    change_facts(county)
    second = make_report(county, LATER)
    assert (first.version, second.version) == (1, 2)
    said = {(line["where"], line["what"]): (line["old"], line["new"]) for line in second.snapshot["corrections"]}
    assert said["东县", "班级日公示率"] == ("16.67%（1/6）", "33.33%（2/6）")
    assert said["东县", "班级日超限率"] == ("0%（0/1）", "50%（1/2）")
    assert said["东县", "作业时间控制达标学校占比"] == ("100%（1/1）", "0%（0/1）")
    assert said["东县实验小学", "班级日公示率"] == ("16.67%（1/6）", "33.33%（2/6）")
    assert said["五年级", "日均书面作业时长"] == ("30（30/1）", "50（100/2）")
    assert ("东县", "按时公示率") not in said


def test_a_review_that_changes_no_printed_figure_makes_no_new_version(county, unprinted):
    change_facts(county)
    Notice.objects.in_breach().update(review="pending")
    first = make_report(county, AFTER)
    Notice.objects.in_breach().update(review="stands")
    ChangedDay.objects.note([(Notice.objects.in_breach().get().school_id, TUESDAY)])
    assert make_report(county, LATER) == first


def test_changed_figures_before_the_issue_are_made_anew_in_place(county, unprinted):
    first = make_report(county, AFTER)
    change_facts(county)
    second = make_report(county, LATER)
    assert (second.pk, second.version, second.snapshot["corrections"]) == (first.pk, 1, [])
    assert second.data_until == LATER


def test_the_first_version_stays_as_it_was(county, unprinted):
    first = issue(make_report(county, AFTER))
    before = Report.objects.get(pk=first.pk).snapshot
    change_facts(county)
    make_report(county, LATER)
    assert Report.objects.get(pk=first.pk).snapshot == before


def test_facts_not_yet_summed_are_in_the_report(county, unprinted):
    assert ChangedDay.objects.exists()
    assert make_report(county, AFTER).snapshot["counts"]["complete"] == 1
    assert not ChangedDay.objects.exists()


def test_a_report_computed_earlier_never_overwrites_a_newer_one(county, unprinted):
    newer = make_report(county, LATER)
    assert make_report(county, AFTER) == newer


def test_no_correction_where_nothing_changed(county, unprinted):
    snapshot = from_json(make_report(county, AFTER).snapshot)
    assert corrections(snapshot, snapshot) == []


# --- Jobs ---


def ask(county, user):
    return services.ask_for_report(by=user, unit=county, period=H1, now=AFTER)


def test_asking_twice_gives_one_job(county):
    user = make.UserFactory()
    assert ask(county, user) == ask(county, user)


def test_the_task_makes_one_report_however_often_it_runs(county, unprinted, clock):
    clock(AFTER)
    job = ask(county, make.UserFactory())
    tasks.make_report(job.pk)
    tasks.make_report(job.pk)
    report = Report.objects.get()
    job.refresh_from_db()
    assert (report.job, job.state, job.percent) == (job, Job.State.DONE, 100)
    assert report.made_by == job.made_by


def test_a_second_job_without_changes_keeps_the_report_and_says_so(county, unprinted, clock):
    clock(AFTER)
    user = make.UserFactory()
    tasks.make_report(ask(county, user).pk)
    clock(LATER)
    again = ask(county, user)
    tasks.make_report(again.pk)
    again.refresh_from_db()
    assert Report.objects.count() == 1
    assert again.note == "数字没有变化，沿用原来的一版"


def test_a_refused_report_fails_the_job_in_words(county, clock):
    clock(AFTER)
    job = jobs.enqueue("reports.tasks.make_report", key="x", arguments={"unit": county.pk, "period": "2026-11"})
    with pytest.raises(NoReportError):
        tasks.make_report(job.pk)
    job.refresh_from_db()
    assert (job.state, job.note) == (Job.State.FAILED, "2026年11月还没有开始，2026年11月1日起才能生成。")


def test_asking_for_a_school_is_refused(county):
    with pytest.raises(NoReportError):
        services.ask_for_report(by=make.UserFactory(), unit=county.places_below.get().unit, period=H1, now=AFTER)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_report(unprinted):
    county = a_county()
    start = threading.Barrier(2)
    made: list[Report] = []

    def run() -> None:
        start.wait()
        try:
            made.append(make_report(county, AFTER))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made[0] == made[1] == Report.objects.get()


@pytest.mark.django_db(transaction=True)
def test_whoever_finds_another_report_kept_meanwhile_looks_again(monkeypatch):
    """While the first prints, a second changes the facts and keeps version 1: the first, older, keeps nothing."""
    county = a_county()
    calls: list[str] = []

    def print_all(snapshot, made_at):
        calls.append(snapshot.data_until)
        if len(calls) == 1:
            change_facts(county)
            make_report(county, LATER)
        return [documents.make_json(snapshot)]

    monkeypatch.setattr(documents, "print_all", print_all)
    report = make_report(county, AFTER)
    assert (report, report.data_until) == (Report.objects.get(), LATER)


# --- Files ---


@pytest.fixture
def printed(county):
    return make_report(county, AFTER)


def content(report, format):
    return bytes(report.files.get(format=format).content)


def pdf_text(report):
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content(report, "pdf"))).pages]
    return [page.replace(" ", "").replace("\n", "") for page in pages]


@pytest.mark.slow
def test_the_pdf_holds_the_figures(printed):
    text = "".join(pdf_text(printed))
    assert "东县义务教育学校作业管理半月报" in text
    assert "班级日公示率16.67%" in text
    assert "数据截至2026年10月16日9时00分" in text
    assert "东县实验小学" in text
    assert "草稿" not in text


@pytest.mark.slow
def test_pdf_workbook_and_json_hold_the_same_figures(printed):
    snapshot = from_json(printed.snapshot)
    figures = tables.key_figures(snapshot)
    data = json.loads(content(printed, "json"))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content(printed, "xlsx"))).get_sheet_by_name("主要指标")
    rows = sheet.to_python()[1:]
    text = "".join(pdf_text(printed))
    assert len(figures) == len(data["figures"]) == len(rows) == 8
    for figure, in_json, row in zip(figures, data["figures"], rows, strict=True):
        assert (in_json["numerator"], in_json["denominator"], in_json["value"]) == (
            figure.numerator,
            figure.denominator,
            figure.value,
        )
        assert (row[0], row[2], row[3], row[4]) == (figure.code, figure.numerator, figure.denominator, figure.value)
        assert f"{figure.parts}{figure.value}" in text


@pytest.mark.slow
def test_the_pdf_carries_every_school_as_csv(printed):
    attached = PdfReader(io.BytesIO(content(printed, "pdf"))).attachments
    (name,) = attached
    raw = attached[name][0]
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert name == f"{printed.unit.code}-2026-10-H1.csv"
    assert raw.startswith(b"\xef\xbb\xbf")
    assert rows[0] == tables.school_headings(from_json(printed.snapshot))
    assert rows[1][1:6] == ["东县实验小学", "东县", "6", "1", "1"]


@pytest.mark.slow
def test_what_was_printed_is_kept_with_its_digest_pages_and_fonts(printed):
    file = printed.files.get(format="pdf")
    assert file.sha256 == hashlib.sha256(bytes(file.content)).hexdigest()
    assert file.pages == len(pdf_text(printed))
    assert file.fonts


@pytest.mark.slow
def test_a_draft_says_so_on_every_page(county):
    report = make_report(county, DRAFT_TIME)
    pages = pdf_text(report)
    assert len(pages) > 2
    assert all("草稿" in page for page in pages)


@pytest.mark.slow
def test_a_correction_is_printed(county, printed):
    issue(Report.objects.get())
    change_facts(county)
    text = "".join(pdf_text(make_report(county, LATER)))
    assert "更正说明" in text
    assert "16.67%（1/6）33.33%（2/6）" in text


@pytest.mark.slow
def test_a_large_table_is_capped_on_paper_and_whole_in_the_file(county, monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 1)
    other = make.SchoolFactory(parent=county, name="东县第二小学")
    a_class(other)
    report = make_report(county, AFTER)
    text = "".join(pdf_text(report))
    assert "另有1所学校，见本文件所附CSV表" in text
    assert "东县第二小学" in documents.school_csv(from_json(report.snapshot)).decode()
