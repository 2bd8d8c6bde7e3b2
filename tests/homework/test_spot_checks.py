"""Spot checks: the draw that can be repeated, the record on a phone, the end, the counts, the sheet of paper."""

import datetime as dt
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import AuditEntry
from homework.checks import candidates, count_checks
from homework.drawing import digest, draw
from homework.models import SpotCheck, SpotCheckSample
from homework.services import spot_checks
from schools.models import Subject
from tests import factories as make

pytestmark = pytest.mark.django_db
LIST = reverse("homework:spot_check_list")
YES = {"is_all_marked": "yes", "is_layered": "no", "is_face_to_face": "yes"}


def url(name, *args):
    return reverse(f"homework:{name}", args=args)


def text(response):
    return response.content.decode()


def start(world, **values):
    defaults = {
        "by": world.people["academic_office"],
        "school": world.school,
        "title": "第一次作业全面检查",
        "scheme": "看批改和分层",
        "first_day": dt.date(2026, 10, 9),
        "last_day": make.TODAY,
        "seed": 2026,
        "count": 2,
    }
    return spot_checks.start_spot_check(**defaults | values)


def record(world, sample, **values):
    seen = {"is_all_marked": True, "is_layered": False, "is_face_to_face": True, "problems": ""}
    spot_checks.record_sample(by=world.people["principal"], sample=sample, **seen | values)


def finish(world, check, summary="总体较好"):
    spot_checks.finish_spot_check(by=world.people["academic_office"], check=check, summary=summary)


def plan_data(**values):
    data = {"title": "第一次作业全面检查", "scheme": "看批改", "first_day": "2026-10-09", "last_day": "2026-10-14"}
    return data | {"count": 2, "seed": ""} | values


@pytest.fixture
def classes(world):
    """Two more classes, of grades 3 and 1, each with 语文, 数学 and 英语."""
    groups = []
    for number, entered in ((2, 2024), (3, 2026)):
        group = make.ClassGroupFactory(
            school=world.school, number=number, entry_year=entered, first_day=dt.date(entered, 9, 1)
        )
        for name in ("语文", "数学", "英语"):
            make.TeachingFactory(
                class_group=group, subject=make.subject(name), teacher=world.teacher, first_day=group.first_day
            )
        groups.append(group)
    return groups


# --- The draw ---


def test_what_is_taught_and_sets_homework_is_drawn_from(world, classes):
    found = [(str(one.class_group.number), one.subject.name) for one in candidates(world.school, make.TODAY)]
    # 英语 sets homework from grade 3 on: not in class 3, which is in grade 1.
    assert sorted(found) == sorted(
        [("1", "语文"), ("1", "数学"), ("2", "语文"), ("2", "数学"), ("2", "英语"), ("3", "语文"), ("3", "数学")]
    )


def test_a_class_taught_by_two_teachers_is_one_candidate(world):
    make.TeachingFactory(class_group=world.class_group, subject=world.subject)
    assert len(candidates(world.school, make.TODAY)) == 2


def test_grades_and_subjects_narrow_the_list(world, classes):
    only = candidates(world.school, make.TODAY, grades=[3, 5], subjects=[make.subject("数学")])
    assert {(one.class_group.number, one.subject.name) for one in only} == {(1, "数学"), (2, "数学")}


def test_nothing_of_another_school_or_of_the_past_is_drawn_from(world):
    other = make.ClassGroupFactory(school=world.other_school)
    make.TeachingFactory(class_group=other)
    world.class_group.teachings.filter(subject=world.subject).update(last_day=make.TODAY - dt.timedelta(days=1))
    assert [one.subject.name for one in candidates(world.school, make.TODAY)] == ["数学"]


def test_a_check_keeps_its_list_so_that_anybody_can_draw_again(world, classes):
    check = start(world, count=3)
    world.class_group.teachings.update(last_day=make.TODAY - dt.timedelta(days=1))
    again = draw(check.seed, [tuple(lot) for lot in SpotCheck.objects.get().drawn_from], 3)
    assert again == list(check.samples.values_list("class_group", "subject"))
    assert len(check.drawn_from) == 7


def test_a_draw_is_audited_with_its_seed(world):
    start(world)
    assert AuditEntry.objects.get(action="spot_check.start").detail == {"seed": 2026, "samples": 2}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"count": 3}, "可抽的班级和学科只有2个，不能抽3个"),
        ({"count": 0}, "一次抽1到60个"),
        ({"grades": [6]}, "没有可抽的班级和学科"),
        ({"last_day": dt.date(2026, 10, 15)}, "只能检查到今天为止"),
        ({"first_day": dt.date(2026, 10, 15)}, "结束日期不能早于开始日期"),
        ({"title": " "}, "填写|空"),
        ({"scheme": "看🏃"}, "印不到纸上"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(world, values, words):
    with pytest.raises(ValidationError, match=words):
        start(world, **values)
    assert not SpotCheck.objects.exists()


def test_a_school_without_classes_cannot_draw(world):
    with pytest.raises(ValidationError, match="没有可抽的班级和学科"):
        start(world, school=world.other_school)


# --- The record and the end ---


def test_who_recorded_is_kept_and_the_last_word_counts(world):
    check = start(world)
    sample = check.samples.first()
    record(world, sample, problems="有漏批")
    record(world, sample, is_layered=True)
    kept = SpotCheckSample.objects.get(pk=sample.pk)
    assert (kept.is_all_marked, kept.is_layered, kept.is_face_to_face, kept.problems) == (True, True, True, "")
    assert kept.recorded_by == world.people["principal"]


def test_a_finished_check_is_frozen(world):
    check = start(world)
    sample = check.samples.first()
    record(world, sample)
    finish(world, check)
    for change in (lambda: record(world, sample, is_all_marked=False), lambda: finish(world, check, "另一个小结")):
        with pytest.raises(ValidationError, match="已经结束，不能再修改") as refused:
            change()
        assert refused.value.code == "finished"
    assert SpotCheck.objects.get().summary == "总体较好"
    assert SpotCheckSample.objects.get(pk=sample.pk).is_all_marked


def test_an_end_needs_a_record_and_a_summary(world):
    check = start(world)
    with pytest.raises(ValidationError, match="还没有记录任何一个样本"):
        finish(world, check)
    record(world, check.samples.first())
    with pytest.raises(ValidationError, match="请填写小结"):
        finish(world, check, "  ")
    assert SpotCheck.objects.get().finished_at is None


def test_the_database_refuses_half_a_record(world):
    check = start(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        check.samples.update(is_all_marked=True)


# --- The counts ---


def test_finished_checks_are_counted_by_the_term_whose_homework_they_look_at(world):
    make.TermFactory(
        unit=world.city, school_year=2025, half="spring", first_day=dt.date(2026, 3, 2), last_day=dt.date(2026, 7, 3)
    )
    for last_day in (dt.date(2026, 7, 1), dt.date(2026, 10, 8), dt.date(2026, 10, 14)):
        check = start(world, first_day=last_day, last_day=last_day)
        record(world, check.samples.first())
        finish(world, check)
    start(world, title="还在进行")
    [row, other] = count_checks([world.school, world.other_school], make.TODAY)
    assert (row.finished, row.begun, str(row.term.name)) == (2, 1, "2026—2027学年秋季学期")
    assert (other.finished, other.begun) == (0, 0)


def test_a_school_without_a_term_has_no_count(db):
    [row] = count_checks([make.SchoolFactory()], make.TODAY)
    assert row.term is None


def test_the_schools_page_shows_the_count_as_information(world, signed_in):
    for _ in range(2):
        check = start(world)
        record(world, check.samples.first())
        finish(world, check)
    page = text(signed_in("principal").get(LIST))
    assert "本学期已检查2次" in page
    assert "学校常规每学期不少于4次" in page
    assert "text-bad" not in page
    assert "stat-warn" not in page


def test_county_and_supervisor_read_the_list_by_school_and_cannot_begin_one(world, signed_in):
    check = start(world)
    record(world, check.samples.first())
    finish(world, check)
    for person in ("county_officer", "supervisor", "city_officer"):
        client = signed_in(person)
        page = text(client.get(LIST))
        assert "东县实验小学" in page
        assert "1次" in page
        assert url("spot_check_add", world.school.unit.code) not in text(
            client.get(url("spot_check_school", world.school.unit.code))
        )
    assert "西县实验小学" not in text(signed_in("county_officer").get(LIST))


# --- Pages ---


def test_the_draw_is_shown_before_anything_is_written_and_then_kept_as_shown(world, classes, signed_in):
    client, address = signed_in("academic_office"), url("spot_check_add", world.school.unit.code)
    preview = client.post(address, plan_data(count=4))
    assert preview.status_code == 200
    assert not SpotCheck.objects.exists()
    shown = preview.context["form"].data
    kept = client.post(address, shown.dict() | {"confirm": "1"})
    check = SpotCheck.objects.get()
    assert kept.url == url("spot_check_detail", check.pk)
    assert check.seed == int(shown["seed"])
    day = dt.date(2026, 10, 14)
    drawn = [(sample.class_group.name_on(day), sample.subject) for sample in check.samples.all()]
    assert drawn == preview.context["drawn"]


def test_only_subjects_that_the_school_sets_homework_in_are_offered(world, signed_in):
    page = text(signed_in("academic_office").get(url("spot_check_add", world.school.unit.code)))
    assert "英语" in page
    assert "物理" not in page


def test_a_draw_confirmed_twice_makes_one_check(world, signed_in):
    client, address = signed_in("academic_office"), url("spot_check_add", world.school.unit.code)
    key = client.get(address).context["form"].initial["key"]
    shown = client.post(address, plan_data(key=key)).context["form"].data.dict()
    client.post(address, shown | {"confirm": "1"})
    again = client.post(address, shown | {"confirm": "1"}, follow=True)
    assert "这次检查已经抽好样本，在下面的列表里。" in text(again)
    assert "第一次作业全面检查" in text(again)
    assert SpotCheck.objects.count() == 1


def test_a_seed_may_be_given_and_else_comes_by_chance(world, signed_in):
    client, address = signed_in("academic_office"), url("spot_check_add", world.school.unit.code)
    assert "77" in text(client.post(address, plan_data(seed=77)))
    by_chance = {client.post(address, plan_data()).context["plan"]["seed"] for _ in range(3)}
    assert len(by_chance) > 1


def test_a_list_that_changed_since_the_preview_is_shown_again(world, signed_in):
    client, address = signed_in("academic_office"), url("spot_check_add", world.school.unit.code)
    shown = client.post(address, plan_data()).context["form"].data.dict()
    make.TeachingFactory(class_group=world.class_group, subject=make.subject("英语"))
    again = client.post(address, shown | {"confirm": "1"})
    assert "抽样名单刚才有变动" in text(again)
    assert not SpotCheck.objects.exists()


def test_going_back_keeps_what_was_typed(world, signed_in):
    client, address = signed_in("academic_office"), url("spot_check_add", world.school.unit.code)
    shown = client.post(address, plan_data()).context["form"].data.dict()
    page = text(client.post(address, shown | {"change": "1"}))
    assert "看抽样结果" in page
    assert "第一次作业全面检查" in page
    assert shown["seed"] in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title": ""}, "请填写检查名称。"),
        ({"title": "检\0查"}, "不允许"),
        ({"first_day": "2026-13-40"}, "日期不对，请重新选择。"),
        ({"first_day": "2026-10-15"}, "截止日期不能早于起始日期。"),
        ({"last_day": "2026-10-15"}, "只能检查到今天为止的作业。"),
        ({"count": ""}, "请填写抽几个样本。"),
        ({"count": "99"}, "一次抽1到60个。"),
        ({"count": "3"}, "可抽的班级和学科只有2个，不能抽3个"),
        ({"grades": ["9"]}, "请选择本校的年级。"),
        ({"subjects": ["999999"]}, "请选择列出的学科。"),
        ({"subjects": ["abc"]}, "请选择列出的学科。"),
        ({"seed": "-1"}, "抽样种子应是0到2147483647之间的整数"),
        ({"seed": "2147483648"}, "抽样种子应是0到2147483647之间的整数"),
        ({"key": "x"}, "页面已过期，请刷新后再试。"),
        ({"seed": "x"}, "抽样种子应是0到2147483647之间的整数"),
        ({"scheme": "看" * 1001}, "1000"),
    ],
)
def test_a_bad_plan_comes_back_with_words(world, signed_in, values, words):
    client, address = signed_in("academic_office"), url("spot_check_add", world.school.unit.code)
    response = client.post(address, plan_data(**values) | {"confirm": "1"})
    assert response.status_code == 422
    assert words in text(response)
    assert not SpotCheck.objects.exists()


def test_a_sample_is_recorded_on_the_phone_page(world, signed_in):
    sample = start(world).samples.first()
    client = signed_in("principal")
    response = client.post(url("spot_check_record", sample.pk), YES | {"problems": "两人漏批"})
    assert response.url == url("spot_check_detail", sample.check_of_id)
    page = text(client.get(response.url))
    assert "已记录1 / 2" in page
    assert "两人漏批" in page
    again = text(client.get(url("spot_check_record", sample.pk)))
    assert "两人漏批" in again
    assert again.count("checked") == 3


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"is_layered": ""}, "请选择是或否。"),
        ({"is_layered": "maybe"}, "请选择是或否。"),
        ({"problems": "漏" * 301}, "问题最多300字，现在有301字。"),
        ({"problems": "漏🏃批"}, "印不到纸上"),
        ({"problems": "漏\0批"}, "不允许"),
    ],
)
def test_a_bad_record_keeps_what_was_typed(world, signed_in, values, words):
    sample = start(world).samples.first()
    response = signed_in("principal").post(url("spot_check_record", sample.pk), YES | {"problems": "漏批"} | values)
    assert response.status_code == 422
    assert words in text(response)
    assert "漏" in text(response)
    assert "checked" in text(response)
    assert SpotCheckSample.objects.filter(recorded_at=None).count() == 2


def test_a_finished_check_answers_409_and_says_so(world, signed_in):
    check = start(world)
    sample = check.samples.first()
    record(world, sample)
    client = signed_in("academic_office")
    assert client.post(url("spot_check_finish", check.pk), {"summary": "总体较好"}).status_code == 302
    late = client.post(url("spot_check_record", sample.pk), YES)
    assert late.status_code == 409
    assert "已经结束，不能再修改" in text(late)
    assert client.post(url("spot_check_finish", check.pk), {"summary": "又一个"}).status_code == 409
    assert "结束检查" not in text(client.get(url("spot_check_detail", check.pk)))


@pytest.mark.parametrize(
    ("summary", "words"),
    [("", "请填写小结。"), ("总体🏃较好", "印不到纸上"), ("好" * 1001, "小结最多1000字，现在有1001字。")],
)
def test_an_end_without_a_good_summary_is_asked_for_one(world, signed_in, summary, words):
    check = start(world)
    record(world, check.samples.first())
    response = signed_in("academic_office").post(url("spot_check_finish", check.pk), {"summary": summary})
    assert response.status_code == 422
    assert words in text(response)
    assert summary in text(response)
    assert SpotCheck.objects.get().finished_at is None


def test_an_end_before_anything_was_seen_is_refused(world, signed_in):
    check = start(world)
    response = signed_in("academic_office").post(url("spot_check_finish", check.pk), {"summary": "总体较好"})
    assert response.status_code == 422
    assert "还没有记录任何一个样本" in text(response)
    assert "总体较好" in text(response)


def test_another_schools_check_does_not_exist(world, signed_in):
    check = start(world)
    client = signed_in("outside_academic_office")
    sample = check.samples.first()
    for response in (
        client.get(url("spot_check_detail", check.pk)),
        client.get(url("spot_check_paper", check.pk)),
        client.post(url("spot_check_record", sample.pk), YES),
        client.post(url("spot_check_finish", check.pk), {"summary": "好"}),
        client.get(url("spot_check_school", world.school.unit.code)),
    ):
        assert response.status_code == 404
    assert client.get(url("spot_check_detail", 999999)).status_code == 404


def test_no_page_names_a_teacher(world, signed_in):
    check = start(world)
    record(world, check.samples.first())
    client = signed_in("county_officer")
    for address in (url("spot_check_detail", check.pk), url("spot_check_school", world.school.unit.code)):
        page = text(client.get(address))
        for name in ("王语文", "赵数学", "孙校长", "钱主任"):
            assert name not in page


def test_the_pages_cost_the_same_however_much_there_is(world, classes, signed_in):
    check = start(world, count=1)
    pages = [(person, address) for person in ("academic_office", "county_officer") for address in (LIST,)]
    pages.append(("academic_office", url("spot_check_detail", check.pk)))

    def queries() -> list[int]:
        counts = []
        for person, address in pages:
            client = signed_in(person)
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            counts.append(len(captured))
        return counts

    before = queries()
    for place in range(5):
        start(world, title=f"第{place}次", count=3)
        make.SchoolFactory(parent=world.county)
    big = start(world, count=7)
    pages[-1] = ("academic_office", url("spot_check_detail", big.pk))
    assert queries() == before
    assert max(before) <= 14


@pytest.mark.slow
def test_the_paper_states_everything_and_cuts_nothing(world, classes, signed_in):
    check = start(world, count=7, scheme="第一，看批改。\n第二，看分层。" + "方案内容" * 200 + "方案完")
    for sample in check.samples.all()[:6]:
        record(world, sample, problems="个别作业漏批，" * 40 + "问题完", is_layered=bool(sample.place % 2))
    finish(world, check, "小结内容" * 200 + "小结完")
    response = signed_in("county_officer").get(url("spot_check_paper", check.pk))
    assert response["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(response.content)).pages
    words = "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")
    for piece in (
        "作业检查情况通报",
        "东县实验小学",
        "抽样种子2026",
        "从7个班级学科中抽取7个",
        digest(tuple(lot) for lot in check.drawn_from),
        "五年级1班",
        "没有检查到",
        "抽取7个，记录6个",
        "全批全改：是6/6",
        "分层布置：是3/6",
        "发现问题：6/6",
        "方案完",
        "小结完",
    ):
        assert piece in words
    assert words.count("问题完") == 6
    assert "王语文" not in words


def test_paper_of_a_check_under_way_says_that_it_is_not_the_end(world, signed_in):
    response = signed_in("principal").get(url("spot_check_paper", start(world).pk))
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages)
    assert "不是最后结果" in words.replace("\n", "")


def test_subjects_that_set_no_homework_are_not_offered(world, signed_in):
    Subject.objects.create(code="gym", name="体育课", homework_grades=[])
    assert "体育课" not in text(signed_in("principal").get(url("spot_check_add", world.school.unit.code)))
