"""Letters: drawn from findings, numbered without a gap, frozen, in official form, read and confirmed."""

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, connection, transaction
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Notification
from inspections import letters as drawing
from inspections.models import Letter, LetterReading
from inspections.services import letters
from tests.fixtures import SHANGHAI
from tests.inspections import make
from tests.world import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(world):
    return world.people["county_officer"]


@pytest.fixture
def letter(world, officer) -> Letter:
    return make.letter(officer, world.county, world.school.unit)


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_a_draft_names_each_finding_with_what_is_asked_and_until_when(world, officer):
    rows = [
        make.finding(officer, world.school.unit, what="公示不全。", demand="补齐公示。"),
        make.finding(officer, world.school.unit, what="手机管理不严", severity="grave"),
    ]
    first = drawing.draft("advice", world.county, world.school.unit, rows, dt.date(2026, 10, 14))
    assert first.title == "关于东县实验小学落实“双减”有关问题的整改建议书"
    assert first.word == "东县双减督建"
    lines = first.body.splitlines()
    assert lines[2:4] == [
        "1.公示不全。整改要求：补齐公示。整改期限：2026年10月28日。",
        "2.手机管理不严。请立即整改。整改期限：2026年10月19日。",
    ]


def test_a_long_title_breaks_where_a_word_ends():
    assert drawing.title_lines("关于东县实验小学落实“双减”有关问题的整改建议书") == [
        "关于东县实验小学落实“双减”",
        "有关问题的整改建议书",
    ]
    assert drawing.title_lines("短标题") == ["短标题"]


def test_numbers_go_by_unit_kind_and_year_without_a_gap(world, officer, clock):
    def issued(**said) -> str:
        return letters.issue(by=officer, letter=make.letter(officer, world.county, world.school.unit, **said)).serial

    assert [issued(), issued(), issued(kind="urge", word="东县双减督办")] == [
        "东县双减督建〔2026〕1号",
        "东县双减督建〔2026〕2号",
        "东县双减督办〔2026〕1号",
    ]
    clock(dt.datetime(2027, 1, 4, 9, tzinfo=SHANGHAI))
    assert issued() == "东县双减督建〔2027〕1号"


def test_one_that_fails_takes_no_number(world, officer, letter, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(letters, "printed", lambda row: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            letters.issue(by=officer, letter=letter)
    assert letters.issue(by=officer, letter=letter).number == 1


def test_what_is_issued_does_not_change(world, officer, letter):
    letters.issue(by=officer, letter=letter)
    for act in (
        lambda: letters.issue(by=officer, letter=letter),
        lambda: letters.change(by=officer, letter=letter, issuer="局", title="别的", body="别的", word="字"),
        lambda: letters.discard(by=officer, letter=letter),
    ):
        with pytest.raises(ValidationError, match="已经签发，不能再改"):
            act()
    for act in (lambda: Letter.objects.update(body="别的"), lambda: Letter.objects.all()._raw_delete("default")):
        with pytest.raises(InternalError, match="Cannot "), transaction.atomic():
            act()


def test_what_cannot_be_printed_is_refused_while_it_is_written(world, officer, letter):
    with pytest.raises(ValidationError, match="印不到纸上"):
        letters.change(by=officer, letter=letter, issuer="局", title="通报", body="好\ue123", word="字")


def test_the_paper_has_its_serial_and_the_draft_says_that_it_is_one(world, officer, letter, signed_in):
    url = reverse("inspections:letter_pdf", args=[letter.pk])
    draft = text_of(signed_in("county_officer").get(url).content)
    assert "草稿" in draft
    letters.issue(by=officer, letter=letter)
    answer = signed_in("principal").get(url)
    paper = text_of(answer.content)
    assert "草稿" not in paper
    for words in (
        "东县双减督建〔2026〕1号",
        "关于作业公示的整改建议书",
        "东县实验小学：",
        "公示不全。",
        "2026年10月14日",
    ):
        assert words in paper
    assert bytes(Letter.objects.get().content) == answer.content


def test_the_school_is_told_confirms_once_and_the_bureau_sees_it(world, officer, letter, signed_in):
    assert signed_in("principal").get(reverse("inspections:letter_list")).context["page"].object_list.count() == 0
    letters.issue(by=officer, letter=letter)
    told = Notification.objects.get(user=world.people["principal"], key=f"letter:{letter.pk}")
    assert told.text.startswith("东县发来整改建议书（东县双减督建〔2026〕1号）")
    url = reverse("inspections:letter_detail", args=[letter.pk])
    assert "已阅</button>" in signed_in("principal").get(url).content.decode()
    for person in ("principal", "academic_office"):
        signed_in(person).post(reverse("inspections:letter_read", args=[letter.pk]))
    assert LetterReading.objects.get().user == world.people["principal"]
    assert "孙校长" in signed_in("county_officer").get(url).content.decode()


def test_a_circular_reaches_every_school_below_and_no_other(world, officer, signed_in):
    circular = make.letter(officer, world.county, None, kind="notice", word="东县双减通")
    letters.issue(by=officer, letter=circular)
    url = reverse("inspections:letter_detail", args=[circular.pk])
    assert signed_in("principal").get(url).status_code == 200
    assert signed_in("outside_academic_office").get(url).status_code == 404
    assert Notification.objects.filter(key=f"letter:{circular.pk}").count() == 2


def test_from_a_finding_to_the_draft(world, officer, signed_in):
    finding = make.finding(officer, world.school.unit, what="课后服务没有点名")
    client = signed_in("county_officer")
    url = reverse("inspections:letter_write", args=[world.school.unit.code])
    form = client.get(url, {"finding": finding.pk}).context["form"]
    assert "1.课后服务没有点名。" in form.initial["body"]
    client.post(f"{url}?finding={finding.pk}", form.initial)
    assert list(Letter.objects.get().findings.all()) == [finding]
    assert client.get(url, {"kind": "x"}).status_code == 404
    assert client.get(url, {"finding": "9" * 40}).status_code == 200


def test_the_list_asks_as_often_for_many_as_for_few(world, officer, signed_in, django_assert_max_num_queries):
    client = signed_in("county_officer")
    for _ in range(8):
        make.letter(officer, world.county, world.school.unit)
    with django_assert_max_num_queries(8):
        client.get(reverse("inspections:letter_list"))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_numbers():
    world = build()
    officer = world.people["county_officer"]
    drafts = [make.letter(officer, world.county, world.school.unit) for _ in range(3)]

    def issue(draft: Letter) -> int:
        try:
            return letters.issue(by=officer, letter=draft).number
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(issue, drafts)) == [1, 2, 3]
