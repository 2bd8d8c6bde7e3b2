"""The life of a complaint for each role; who complained stays sealed; repeats, reminders, the public form."""

import datetime as dt
import logging
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Notification
from inspections import complaint_life as life
from inspections import identity, named
from inspections.complaint_life import Step
from inspections.models import Complainant, Complaint, Finding
from inspections.services import complaints
from reports import services as reports
from schools.periods import parse
from tests.access import PERSONS
from tests.fixtures import SHANGHAI
from tests.inspections import make
from tests.test_access_matrix import PAGES

pytestmark = pytest.mark.django_db

LEADS_TO = {
    "received": {"accept": "accepted", "route": "received", "reject": "rejected"},
    "accepted": {"reply": "replied"},
    "replied": {"close": "closed"},
    "closed": {},
    "rejected": {},
}


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


@pytest.mark.parametrize("state", LEADS_TO)
def test_each_step_in_each_state_by_each_role(world, client, officer, state):
    complaint = make.complaint_brought_to(state, make.complaint(world.county), officer)
    said = {"unit": world.city.pk, "text": "说明", "outcome": "not_upheld"}
    answers = {}
    for person in PERSONS:
        client.logout()
        if person != "anonymous":
            client.force_login(world.people[person], "accounts.sign_in.PhoneBackend")
        for step in Step:
            with transaction.atomic():
                url = reverse("inspections:complaint_step", args=[complaint.pk, step])
                answers[person, step] = client.post(url, said).status_code
                transaction.set_rollback(True)
    refused = {"anonymous": 302, "city_officer": 403}
    wanted = {
        (person, step): (302 if step in LEADS_TO[state] else 409)
        if person == "county_officer"
        else refused.get(person, 404)
        for person in PERSONS
        for step in Step
    }
    assert answers == wanted


def test_what_is_offered_is_what_is_allowed():
    for state, steps in LEADS_TO.items():
        assert set(life.open_steps(state, is_handler=True)) == set(steps)
        assert set(life.open_steps(state, is_handler=False)) == set(steps) - {"reply", "close"}


def test_the_handler_s_steps_are_hers_alone(world, officer, signed_in):
    other = make.another_officer(world.county)
    complaint = make.complaint_brought_to("accepted", make.complaint(world.county), officer)
    with pytest.raises(ValidationError, match="这件举报由承办人办理"):
        complaints.answer(by=other, complaint=complaint, outcome="upheld", text="核实")
    with pytest.raises(ValidationError, match="这件举报由承办人办理"):
        complaints.show_identity(by=other, complaint=complaint)
    assert not AuditEntry.objects.filter(action="complaint.show_identity").exists()


def test_it_goes_to_the_county_of_the_school_and_names_the_last_day(world):
    made = make.complaint(world.city)
    assert (made.unit, made.target) == (world.county, world.school.unit)
    # Fifteen working days after 14 October 2026.
    assert made.due_on == dt.date(2026, 11, 4)
    told = Notification.objects.get(user=world.people["county_officer"], key__startswith="complaint:")
    assert told.text == "收到一件举报（作业负担重），最晚11月4日答复。"
    elsewhere = make.complaint(world.city, target_name="启明培训机构")
    assert (elsewhere.unit, elsewhere.target) == (world.city, None)


def test_a_routed_one_leaves_the_unit_and_reaches_the_other(world, officer, signed_in):
    complaint = make.complaint(world.county)
    client = signed_in("county_officer")
    url = reverse("inspections:complaint_step", args=[complaint.pk, "route"])
    assert client.post(url, {"unit": world.city.pk, "text": "涉及两县"}).url == reverse("inspections:complaint_list")
    detail = reverse("inspections:complaint_detail", args=[complaint.pk])
    assert client.get(detail).status_code == 404
    assert "由东县转安平市。涉及两县" in signed_in("city_officer").get(detail).content.decode()


def test_what_was_upheld_becomes_one_finding_before_it_is_closed(world, officer):
    complaint = make.complaint_brought_to("replied", make.complaint(world.county), officer, outcome="upheld")
    with pytest.raises(ValidationError, match="要先“转为督导问题”，再办结"):
        complaints.close(by=officer, complaint=complaint)
    said = {"what": "三年级作业超量", "demand": "压减", "severity": "major", "category": "homework"}
    for leak in (make.NAME, make.PHONE):
        with pytest.raises(ValidationError, match="这里写了举报人的姓名或电话"):
            complaints.open_finding(by=officer, complaint=complaint, **said | {"what": f"{leak}说作业多"})
    finding = complaints.open_finding(by=officer, complaint=complaint, **said)
    assert (finding.owner, finding.complaint, finding.source_words) == (world.school.unit, complaint, "举报查实")
    with pytest.raises(ValidationError), transaction.atomic():
        complaints.open_finding(by=officer, complaint=complaint, **said)
    assert complaints.close(by=officer, complaint=complaint).closed_on == dt.date(2026, 10, 14)
    assert Finding.objects.from_source("complaint").get() == finding


def test_the_handler_says_which_school_is_meant_by_a_short_name(world, officer, signed_in):
    received = make.complaint(world.city, target_name="实验小学", text="作业到十点")
    complaint = make.complaint_brought_to("accepted", received, world.people["city_officer"])
    assert (complaint.target, complaint.unit) == (None, world.city)
    client = signed_in("city_officer")
    url = reverse("inspections:complaint_target", args=[complaint.pk])
    assert url in client.get(reverse("inspections:complaint_detail", args=[complaint.pk])).content.decode()
    assert "东县实验小学" in client.get(url).content.decode()
    assert "没有名称里带“没有这所”的学校和机构" in client.get(url + "?q=没有这所").content.decode()
    said = {"target": f"school-{world.school.unit.pk}"}
    assert client.post(url + "?q=没有这所", said).status_code == 422
    assert client.post(url, said).status_code == 302
    named = Complaint.objects.get(pk=complaint.pk)
    assert (named.target, named.target_name) == (world.school.unit, "实验小学")
    assert named.steps.filter(kind="named", by=world.people["city_officer"], text="东县实验小学").exists()


def test_which_is_meant_is_said_by_the_handler_and_once_it_is_answered_no_more(world, officer):
    unit = world.school.unit
    complaint = make.complaint(world.county, target_name="小学")
    with pytest.raises(ValidationError, match="由承办人办理"):
        complaints.name_target(by=officer, complaint=complaint, target=unit)
    make.complaint_brought_to("replied", complaint, officer, outcome="upheld")
    complaints.name_target(by=officer, complaint=complaint, target=unit)
    with pytest.raises(ValidationError, match="现在是“已答复”，不能再认定"):
        complaints.name_target(by=officer, complaint=complaint, target=unit)


def test_a_member_unit_is_offered_what_lies_in_the_area_it_serves(world, officer):
    complaint = make.complaint(world.people["liaison"].postings.get().unit, target_name="实验")
    (school,) = named.may_be_about(complaint, "东县实验")[0]
    assert school == world.school.unit
    assert named.may_be_about(make.complaint(world.other_county), "东县实验") == ([], [])


def test_the_same_phone_about_the_same_matter_is_a_repeat(world, officer):
    first = make.complaint(world.county)
    again = make.complaint(world.county, name="化名")
    third = make.complaint(world.county)
    other = make.complaint(world.county, kind="fees")
    assert [one.repeat_of for one in (again, third, other)] == [first, first, None]
    with pytest.raises(ValidationError, match="另一件更早的举报"):
        complaints.link(by=officer, complaint=first, first=again)
    complaints.link(by=officer, complaint=other, first=again)
    other.refresh_from_db()
    assert other.repeat_of == first


def test_each_look_at_who_complained_is_written_down(world, officer, signed_in):
    complaint = make.complaint_brought_to("accepted", make.complaint(world.county), officer)
    client, url = signed_in("county_officer"), reverse("inspections:complaint_identity", args=[complaint.pk])
    for _ in range(2):
        page = client.post(url).content.decode()
        assert make.NAME in page
        assert make.PHONE in page
    assert AuditEntry.objects.filter(action="complaint.show_identity", by=officer).count() == 2
    assert signed_in("principal").post(url).status_code == 404


def test_what_is_sealed_is_opened_by_the_key_alone(world):
    make.complaint(world.county)
    who = Complainant.objects.get()
    assert make.NAME not in who.name
    assert identity.opened(who.name) == make.NAME
    assert who.phone_print == identity.fingerprint(make.PHONE)


def test_the_complainant_is_found_nowhere(world, officer, client, caplog):
    """Planted in the public form, walked to the end with a finding; then every page, file, line, log and column."""
    caplog.set_level(logging.DEBUG)
    form = client.get(reverse("inspections:report", args=[world.county.code])).context["form"]
    said = {
        "kind": "homework",
        "target_name": "东县实验小学",
        "text": "作业太多",
        "name": make.NAME,
        "phone": make.PHONE,
        "receipt": form.initial["receipt"],
    }
    assert client.post(reverse("inspections:report", args=[world.county.code]), said).status_code == 200
    complaint = Complaint.objects.get()
    make.complaint_brought_to("replied", complaint, officer, outcome="upheld")
    words = {"what": "作业超量", "demand": "压减", "severity": "major", "category": "homework"}
    finding = complaints.open_finding(by=officer, complaint=complaint, **words)
    complaints.close(by=officer, complaint=complaint)
    client.force_login(officer, "accounts.sign_in.PhoneBackend")
    client.post(reverse("inspections:complaint_identity", args=[complaint.pk]))
    for unit in (world.county, world.city):
        reports.make_report(unit=unit, period=parse("2026-10-H1"), now=dt.datetime(2026, 10, 16, tzinfo=SHANGHAI))

    hers = {"complaint_id": complaint.pk, "finding_id": finding.pk}
    pages, columns = list(every_page(world, client, hers)), [text for _, text in every_table()]
    assert len(pages) > 100
    assert len(columns) > 50
    leaks = [text[:200] for text in (caplog.text, *pages, *columns) if make.NAME in text or make.PHONE in text]
    assert leaks == []


def test_who_is_signed_in_and_complains_stays_unnamed(world, officer, signed_in):
    """A teacher complains about her own school from the browser she works in, and rates the answer."""
    client = signed_in("teacher")
    address = reverse("inspections:report", args=[world.county.code])
    page = client.get(address)
    assert world.people["teacher"].name not in page.content.decode()
    before = standing(world.people["teacher"])
    receipt = page.context["form"].initial["receipt"]
    said = {"kind": "homework", "target_name": "东县实验小学", "text": "作业太多", "receipt": receipt}
    sent = client.post(address, said)
    assert sent.status_code == 200
    complaint = Complaint.objects.get()
    make.complaint_brought_to("replied", complaint, officer, outcome="upheld")
    rated = client.post(reverse("inspections:report_rate"), {"code": sent.context["code"], "satisfied": "yes"})
    assert rated.status_code == 200
    complaint.refresh_from_db()
    assert complaint.satisfied
    assert standing(world.people["teacher"]) == before


def standing(person) -> list[tuple[str, int]]:
    """How often each table speaks of this person: by name, by phone, or by what the history notes of a request."""
    marks = (person.name, person.phone, f'"user": {person.pk},', f'"user": {person.pk}}}', f'""user"": {person.pk}')
    return [(table, sum(text.count(mark) for mark in marks)) for table, text in every_table()]


def every_page(world, client, hers: dict[str, int]) -> Iterator[str]:
    """As the first who may read it sees it; of the complaint and the finding where the page is of one."""
    for name, page in PAGES.items():
        readers = [person for person in PERSONS if page.expected[person] == 200 and page.method == "get"]
        kwargs = page.kwargs(world) if readers else {}
        kwargs |= {key: hers[key] for key in kwargs.keys() & hers.keys()}
        for person in dict.fromkeys((*readers[:1], *readers[-1:])):
            client.logout()
            if person != "anonymous":
                client.force_login(world.people[person], "accounts.sign_in.PhoneBackend")
            answer = client.get(reverse(name, kwargs=kwargs) + page.query)
            yield b"".join(answer).decode("utf8", "replace")


def every_table() -> Iterator[tuple[str, str]]:
    """Every table of the database, and all that stands in it as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT string_agg("{table}"::text, E\'\\n\') FROM "{table}"')
            yield table, cursor.fetchone()[0] or ""


def test_who_handles_it_is_reminded_before_the_last_day_and_every_day_after(world, officer):
    make.complaint(world.county)
    mine = make.complaint_brought_to("accepted", make.complaint(world.county, kind="fees"), officer)
    Notification.objects.all().delete()
    assert complaints.remind(dt.date(2026, 10, 29)) == 0
    for day in (dt.date(2026, 10, 30), dt.date(2026, 11, 2), dt.date(2026, 11, 5), dt.date(2026, 11, 6)):
        complaints.remind(day)
        complaints.remind(day)
    lines = Notification.objects.filter(user=officer, key__startswith=f"complaint-due:{mine.pk}")
    assert sorted(lines.values_list("text", flat=True)) == [
        *["一件举报（乱收费）已超期，最晚11月4日答复。"] * 2,
        "一件举报（乱收费）快到期，最晚11月4日答复。",
    ]


def test_the_list_asks_as_often_for_many_as_for_few(world, signed_in, django_assert_max_num_queries):
    client = signed_in("county_officer")
    for number in range(12):
        make.complaint(world.county, phone="", target_name=f"某机构{number}")
    with django_assert_max_num_queries(8):
        page = client.get(reverse("inspections:complaint_list"), {"kind": "homework"})
    assert page.content.decode().count("某机构") == 12


# --- The public form ---


def sent(client: Client, world, **said):
    cache.clear()
    values = {"kind": "fees", "target_name": "启明机构", "text": "多收了钱"}
    return client.post(reverse("inspections:report", args=[world.county.code]), values | said)


def test_an_anonymous_complaint_is_followed_and_rated_by_its_code_alone(world, officer, client):
    code = sent(client, world).context["code"]
    complaint = Complaint.objects.get()
    assert (complaint.is_named, Complainant.objects.exists()) == (False, False)
    follow = reverse("inspections:report_follow")
    assert "待受理" in client.post(follow, {"code": code.lower()}).content.decode()
    make.complaint_brought_to("replied", complaint, officer)
    page = client.post(follow, {"code": code}).content.decode()
    assert "不属实" in page
    assert "您对答复" in page
    rate = reverse("inspections:report_rate")
    assert client.post(rate, {"code": code, "satisfied": "no", "note": "没来核实"}).status_code == 200
    assert "已经评价过" in client.post(rate, {"code": code, "satisfied": "yes"}).content.decode()
    complaint.refresh_from_db()
    assert (complaint.satisfied, complaint.satisfied_note) == (False, "没来核实")


def test_the_same_form_sent_twice_is_one_complaint(world, client):
    receipt = client.get(reverse("inspections:report", args=[world.county.code])).context["form"].initial["receipt"]
    codes = {sent(client, world, receipt=receipt).context["code"] for _ in range(2)}
    assert (len(codes), Complaint.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": ""}, "请选择反映什么问题。"),
        ({"target_name": " "}, "请填写哪所学校或机构。"),
        ({"text": ""}, "请填写什么情况。"),
        ({"phone": "abc", "name": "甲"}, "联系电话不对"),
        ({"phone": "13612345678"}, "留电话的请同时填姓名"),
        ({"website": "http://x"}, "应当留空"),
        ({"text": "长" * 1001}, "最多1000字"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(world, client, said, words):
    page = sent(client, world, **{"target_name": "启明机构", **said})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not Complaint.objects.exists()
    if "target_name" not in said:
        assert "启明机构" in page.content.decode()


def test_pictures_are_drawn_anew_and_what_is_none_is_refused(world, client):
    files = [SimpleUploadedFile("图.png", make.a_picture().content) for _ in range(2)]
    assert sent(client, world, pictures=files).status_code == 200
    assert Complaint.objects.get().pictures.count() == 2
    bad = SimpleUploadedFile("a.jpg", b"<script>")
    assert "不是能打开的图片" in sent(client, world, pictures=[bad]).content.decode()
    many = [SimpleUploadedFile(f"{number}.jpg", make.a_picture().content) for number in range(6)]
    assert "最多5张图片" in sent(client, world, pictures=many).content.decode()


def test_one_address_sends_and_guesses_so_often_and_no_more(world, client):
    cache.clear()
    url, values = (
        reverse("inspections:report", args=[world.county.code]),
        {"kind": "fees", "target_name": "某", "text": "甲"},
    )
    statuses = [client.post(url, values | {"text": f"第{number}件"}).status_code for number in range(21)]
    assert statuses == [200] * 20 + [429]
    follow = reverse("inspections:report_follow")
    guesses = [client.post(follow, {"code": "ABCDEFGHJKMNPQR"}).status_code for _ in range(31)]
    assert (guesses[0], guesses[-1]) == (422, 429)
    cache.clear()


def test_only_a_city_or_county_takes_complaints(world, client):
    for code in (world.school.unit.code, "9999"):
        assert client.get(reverse("inspections:report", args=[code])).status_code == 404
