"""A report's way to its issue, its corrections behind it, and the page that knows it again."""

import hashlib
import io

import docx
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.utils import IntegrityError
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import AuditEntry, Notification
from reports import documents, services
from reports.issuing import life
from reports.issuing import services as issuing
from reports.issuing.life import State, Step
from reports.models import Report, ReportFile
from schools.models import ChangedDay
from schools.models.people import Duty
from tests import factories as make
from tests.reports.city import TUESDAY, post
from tests.reports.issue import AFTER, H1, issue, marked_issued, officers, unprinted_report
from tests.reports.test_make_report import LATER, a_county

pytestmark = pytest.mark.django_db

# --- The table ---

STEPS = {
    (State.MADE, Step.SEND): (State.SENT, Duty.MAKER),
    (State.SENT, Step.CHECK): (State.CHECKED, Duty.CHECKER),
    (State.SENT, Step.SEND_BACK): (State.MADE, Duty.CHECKER),
    (State.CHECKED, Step.ISSUE): (State.ISSUED, Duty.SIGNER),
    (State.CHECKED, Step.SEND_BACK): (State.MADE, Duty.SIGNER),
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_every_step_in_every_state(state, step):
    after, duty = STEPS.get((state, step), (None, None))
    assert life.after(state, step) == after
    assert life.duty_for(state, step) == duty
    for one in Duty:
        assert (step in life.allowed(state, {one})) == (duty == one)


# --- Through the pages ---


@pytest.fixture
def unprinted(monkeypatch):
    monkeypatch.setattr(documents, "print_all", lambda snapshot, made_at: [documents.make_json(snapshot)])
    monkeypatch.setattr(documents, "print_issued", lambda snapshot, issued: [a_pdf(issued.code)])


def a_pdf(content):
    digest = hashlib.sha256(content.encode()).hexdigest()
    return ReportFile(format="pdf", content=content.encode(), sha256=digest)


def take(client, report, step, person, **said):
    client.force_login(person)
    url = reverse("reports:report_step", args=[report.unit.code, report.period.code, step])
    return client.post(url, {"text": "", **said})


def test_three_duties_take_it_to_the_issue(client, world, unprinted):
    report = services.make_report(unit=world.county, period=H1, now=AFTER)
    maker, checker, signer = officers(world.county)
    for step, person in (("send", maker), ("check", checker)):
        assert take(client, report, step, person).status_code == 302
    assert take(client, report, "issue", signer, serial="东教〔2026〕5号").status_code == 302
    report.refresh_from_db()
    assert (report.state, report.serial) == ("issued", "东教〔2026〕5号")
    assert (report.sent_by, report.checked_by, report.issued_by) == (maker, checker, signer)
    assert [step.kind for step in report.steps.all()] == ["send", "check", "issue"]
    done = AuditEntry.objects.filter(action__in=["report.send", "report.check", "report.issue"]).order_by("pk")
    assert [entry.by for entry in done] == [maker, checker, signer]
    assert Notification.objects.filter(user=checker, text__contains="等您审核").exists()
    assert Notification.objects.filter(user=signer, text__contains="等您签发").exists()


@pytest.mark.parametrize(
    ("state", "step", "duty"),
    [(state, step, duty) for state in ("made", "sent", "checked") for step in Step for duty in Duty],
)
def test_each_step_by_each_duty(client, world, unprinted, state, step, duty):
    report = unprinted_report(world.county)
    people = dict(zip(Duty, officers(world.county), strict=True))
    if state != "made":
        issuing.send(by=people[Duty.MAKER], report=report)
    if state == "checked":
        issuing.check(by=people[Duty.CHECKER], report=report)
    response = take(client, report, step, people[duty], text="第2页有误")
    allowed = STEPS.get((State(state), step))
    if allowed and allowed[1] == duty:
        assert response.status_code == 302
    elif duty not in life.duties_of(step) or allowed:
        assert response.status_code == 403
    else:
        assert response.status_code == 409
        assert "刷新页面" in response.content.decode()


def test_whoever_sent_it_neither_checks_nor_issues(client, world):
    report = unprinted_report(world.county)
    everything = make.PostingFactory(unit=world.county, role="officer", duties=[duty.value for duty in Duty]).user
    take(client, report, "send", everything)
    refused = take(client, report, "check", everything)
    assert refused.status_code == 422
    assert "不能自己审核" in refused.content.decode()
    _, checker, _ = officers(world.county)
    take(client, report, "check", checker)
    assert "不能自己签发" in take(client, report, "issue", everything).content.decode()
    report.refresh_from_db()
    with pytest.raises(IntegrityError, match="issued_by_another"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(
            state="issued", issued_by=everything, issued_at=AFTER, code="ABCD2345EFGH"
        )


def test_a_number_out_of_form_is_refused_and_nothing_is_issued(client, world):
    report = unprinted_report(world.county)
    maker, checker, signer = officers(world.county)
    take(client, report, "send", maker)
    take(client, report, "check", checker)
    refused = take(client, report, "issue", signer, serial="东教[2026]05号")
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "发文字号应写成" in page and "东教[2026]05号" in page
    report.refresh_from_db()
    assert (report.state, report.code) == ("checked", None)


def test_sending_back_needs_a_reason_and_starts_anew(client, world):
    report = unprinted_report(world.county)
    maker, checker, _ = officers(world.county)
    take(client, report, "send", maker)
    assert "请写明退回的原因" in take(client, report, "send_back", checker).content.decode()
    take(client, report, "send_back", checker, text="少一所学校")
    report.refresh_from_db()
    assert (report.state, report.sent_by) == ("made", None)
    assert Notification.objects.filter(user=maker, text__contains="少一所学校").exists()


def test_the_city_signs_nothing_for_a_county(client, world):
    report = unprinted_report(world.county)
    signer_above = world.people["city_officer"]
    assert take(client, report, "issue", signer_above).status_code == 403


def test_a_draft_cannot_be_sent(world):
    report = unprinted_report(world.county)
    Report.objects.filter(pk=report.pk).update(state="draft", version=0)
    report.refresh_from_db()
    with pytest.raises(ValidationError, match="草稿"):
        issuing.send(by=officers(world.county)[0], report=report)


def test_while_it_is_reviewed_its_figures_stand_still(unprinted):
    county = a_county()
    report = services.make_report(unit=county, period=H1, now=AFTER)
    issuing.send(by=officers(county)[0], report=report)
    _change(county)
    again = services.make_report(unit=county, period=H1, now=LATER)
    assert (again.pk, again.data_until, again.state) == (report.pk, report.data_until, "sent")


def _change(county):
    group = county.places_below.get().unit.school.classes.get(number=2)
    post(group, TUESDAY, 70, is_on_time=False)
    ChangedDay.objects.note([(group.school_id, TUESDAY)])


# --- Frozen ---


def test_the_database_refuses_to_change_what_was_issued(unprinted):
    report = issue(services.make_report(unit=a_county(), period=H1, now=AFTER))
    for change in (
        lambda: Report.objects.filter(pk=report.pk).update(version=7),
        lambda: report.files.update(sha256="0" * 64),
        lambda: report.files.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert report.files.count() == 2


def test_a_correction_is_a_new_version_and_both_stay(client, unprinted):
    county = a_county()
    first = issue(services.make_report(unit=county, period=H1, now=AFTER))
    _change(county)
    second = services.make_report(unit=county, period=H1, now=LATER)
    assert (second.version, second.state) == (2, "made")
    changed = {(line["where"], line["what"]) for line in second.snapshot["corrections"]}
    assert ("东县", "班级日公示率") in changed
    assert all(line["old"] != line["new"] for line in second.snapshot["corrections"])
    issue(second)
    client.force_login(officers(county)[0])
    for version in (1, 2):
        url = reverse("reports:report_download", args=[county.code, H1.code, version, "pdf"])
        assert client.get(url).status_code == 200
    page = client.get(reverse("reports:report_detail", args=[county.code, H1.code])).content.decode()
    assert "更正说明" in page and "第1版" in page and "第2版" in page
    said = client.get(reverse("reports:verify", args=[first.code])).content.decode()
    assert "以第2版" in said


# --- On paper, and known again ---


def test_the_issued_paper_carries_code_signers_and_no_mark(client):
    county = a_county()
    made = services.make_report(unit=county, period=H1, now=AFTER)
    before = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made.files.get(format="pdf").content)).pages)
    assert "未签发" in before and "验证码" not in before
    report = issue(made, serial="东教〔2026〕5号")
    file = report.files.get(format="pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(bytes(file.content))).pages)
    assert "未签发" not in text and "草稿" not in text
    assert report.spaced_code in text and "东教〔2026〕5号" in text and f"{county.name}教育局文件" in text
    for person in (report.sent_by, report.checked_by, report.issued_by):
        assert person.name in text
    copy = docx.Document(io.BytesIO(bytes(report.files.get(format="docx").content)))
    words = "\n".join(paragraph.text for paragraph in copy.paragraphs)
    assert report.spaced_code in words and "一、总体情况" in words and "东教〔2026〕5号" in words
    assert copy.sections[0].header.paragraphs[0].text == ""
    page = client.get(reverse("reports:verify", args=[report.code])).content.decode()
    assert file.sha256 == hashlib.sha256(bytes(file.content)).hexdigest()
    assert file.sha256 in page and report.unit.name in page


def test_a_code_is_found_however_it_is_typed(client, world):
    report = marked_issued(world.county)
    start = reverse("reports:verify_start")
    for typed in ("ABCD2345EFGH", " abcd 2345 efgh ", "ABCD-2345-EFGH"):
        assert client.get(start, {"code": typed})["Location"] == reverse("reports:verify", args=[report.code])


def test_a_wrong_code_is_said_plainly_and_what_is_not_issued_is_unknown(client, world):
    unprinted_report(world.county)
    response = client.get(reverse("reports:verify_start"), {"code": "ABCD2345EFGJ"})
    assert response.status_code == 404
    assert "没有这个验证码" in response.content.decode()
    assert client.get(reverse("reports:verify", args=["NONE"])).status_code == 404


def test_nobody_tries_codes_by_the_hundred(client, world, settings):
    start = reverse("reports:verify_start")
    statuses = [client.get(start, {"code": f"ABCD2345EF{number:02}"}).status_code for number in range(22, 60)]
    assert statuses[0] == 404 and statuses[-1] == 429
