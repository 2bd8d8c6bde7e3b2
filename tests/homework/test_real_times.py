"""Real minutes beside the declared ones, and the entry of a paper sample."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from homework import services
from homework.models import Notice, TimeSample
from homework.services.time_samples import Count, record_paper
from tests import factories as make

pytestmark = pytest.mark.django_db
PAGE = reverse("homework:real_times")
LIST = reverse("homework:paper_list")


def text(response):
    return response.content.decode()


def row_of(page: str, name: str) -> str:
    return page.split(f'<th scope="row">{name}</th>')[1].split("</tr>")[0]


@pytest.fixture
def notice(world) -> Notice:
    return make.ItemFactory(class_group=world.class_group, minutes=30).notice


def count(world, notice, *counts, **values):
    return record_paper(
        by=world.people["head_teacher"],
        notice=notice,
        counts=[Count(*each) for each in counts],
        day=make.TODAY,
        **values,
    )


# --- The figures ---


def test_a_class_and_a_subject_show_declared_experienced_and_their_difference(world, signed_in, notice):
    count(world, notice, (40, True, 4), (70, True, 1))
    page = text(signed_in("principal").get(PAGE))
    for name in ("五年级1班", "语文", "全校"):
        row = row_of(page, name)
        cells = [cell.split("</td>")[0] for cell in row.split('<td class="num">')[1:]]
        assert cells == ["5", "30", "40", "+10", "4 / 5"]


def test_below_five_answers_nothing_is_shown(world, signed_in, notice):
    count(world, notice, (77, True, 4))
    page = text(signed_in("academic_office").get(PAGE))
    for name in ("五年级1班", "语文", "全校"):
        assert "不足5份，不显示" in row_of(page, name)
    assert "77" not in page


def test_only_the_chosen_days_count(world, signed_in, notice):
    count(world, notice, (40, True, 5))
    client = signed_in("principal")
    assert "+10" in text(client.get(f"{PAGE}?first_day=2026-10-14&last_day=2026-10-14"))
    assert "+10" not in text(client.get(f"{PAGE}?first_day=2026-10-01&last_day=2026-10-13"))


@pytest.mark.parametrize(
    ("first", "last"), [("2026-10-14", "2026-10-13"), ("2020-01-01", "2026-10-14"), ("x", ""), ("0001-01-01", "\0")]
)
def test_a_period_that_cannot_be_shows_the_last_weeks_and_says_why(world, signed_in, notice, first, last):
    response = signed_in("principal").get(PAGE, {"first_day": first, "last_day": last})
    assert response.status_code == 200
    assert response.context["first_day"] == dt.date(2026, 9, 17)
    assert 'role="alert"' in text(response)


def test_an_officer_sees_her_schools_and_all_their_answers_together(world, signed_in, notice):
    count(world, notice, (40, True, 3))
    second = make.SchoolFactory(parent=world.county)
    other = Notice.objects.create(
        class_group=make.ClassGroupFactory(school=second),
        school=second,
        day=make.TODAY,
        grade=5,
        limit_minutes=60,
        load_minutes=10,
    )
    TimeSample.objects.create(
        notice=other,
        school=second,
        minutes=90,
        finished=True,
        answers=2,
        given_on=make.TODAY,
        entered_by=make.UserFactory(),
    )
    page = text(signed_in("county_officer").get(PAGE))
    assert "+10" in row_of(page, "合计")
    assert page.count("不足5份，不显示") == 2
    assert world.other_school.unit.name not in page
    elsewhere = text(signed_in("outside_officer").get(PAGE))
    assert "+10" not in elsewhere
    assert world.school.unit.name not in elsewhere


def test_the_school_page_s_queries_do_not_grow_with_the_classes(world, signed_in, notice):
    count(world, notice, (40, True, 6))
    client = signed_in("principal")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as with_one:
        client.get(PAGE)
    for number in range(2, 7):
        group = make.ClassGroupFactory(school=world.school, number=number)
        count(world, make.ItemFactory(class_group=group, subject=make.subject("数学")).notice, (40, True, 6))
    with CaptureQueriesContext(connection) as with_six:
        client.get(PAGE)
    assert len(with_six) == len(with_one)


def test_the_officer_s_queries_do_not_grow_with_the_schools(world, signed_in):
    client = signed_in("county_officer")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as with_one:
        client.get(PAGE)
    for _ in range(6):
        make.SchoolFactory(parent=world.county)
    with CaptureQueriesContext(connection) as with_seven:
        client.get(PAGE)
    assert len(with_seven) == len(with_one)


# --- Paper ---


def lines(*rows, **more):
    data = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0}
    for number, (minutes, finished, answers) in enumerate(rows):
        data |= {
            f"form-{number}-minutes": minutes,
            f"form-{number}-finished": finished,
            f"form-{number}-answers": answers,
        }
    return data | more


def enter(client, notice, *rows, **more):
    return client.post(reverse("homework:paper_sample", args=[notice.pk]), lines(*rows, **more))


@pytest.mark.parametrize("person", ["head_teacher", "academic_office"])
def test_a_paper_sample_is_counted_by_the_class_s_head_teacher_or_the_office(world, signed_in, notice, person):
    client = signed_in(person)
    assert "五年级1班" in text(client.get(LIST))
    response = enter(client, notice, (30, "yes", 20), (50, "no", 3), ("", "yes", ""))
    assert response.url == LIST
    kept = TimeSample.objects.order_by("minutes").values_list("minutes", "finished", "answers", "device")
    assert list(kept) == [(30, True, 20, None), (50, False, 3, None)]
    assert "已录23人" in text(client.get(LIST))
    entry = AuditEntry.objects.get(action="notice.paper_sample")
    assert (entry.by, entry.detail["pupils"], entry.detail["replaced"]) == (world.people[person], 23, 0)


@pytest.mark.parametrize(("pupils", "status"), [(40, 302), (41, 422)])
def test_no_more_pupils_than_on_the_roll(signed_in, notice, pupils, status):
    response = enter(signed_in("head_teacher"), notice, (30, "yes", pupils - 1), (40, "yes", 1))
    assert response.status_code == status
    if status == 422:
        assert "人数合计41，超过本班40人" in text(response)
        assert 'value="40"' in text(response)
        assert not TimeSample.objects.exists()


def test_an_earlier_entry_is_replaced_only_when_that_is_asked_for(world, signed_in, notice):
    count(world, notice, (30, True, 10))
    client = signed_in("head_teacher")
    assert "已录入过10人" in text(client.get(reverse("homework:paper_sample", args=[notice.pk])))
    refused = enter(client, notice, (60, "yes", 5))
    assert refused.status_code == 422
    assert "已录入过纸质抽样（10人）" in text(refused)
    assert enter(client, notice, (60, "yes", 5), replaces="on").status_code == 302
    assert list(TimeSample.objects.values_list("minutes", "answers")) == [(60, 5)]
    assert AuditEntry.objects.filter(action="notice.paper_sample", detail__replaced=10).exists()


def test_replacing_leaves_families_answers(world, signed_in, notice):
    TimeSample.objects.create(
        notice=notice, school=world.school, minutes=9, finished=True, given_on=make.TODAY, device="d"
    )
    count(world, notice, (30, True, 10))
    count(world, notice, (60, True, 5), replaces=True)
    assert set(TimeSample.objects.values_list("minutes", flat=True)) == {9, 60}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("", "yes", ""), "请至少填一行"),
        ((30, "yes", ""), "要么都填，要么都不填"),
        (("", "yes", 3), "要么都填，要么都不填"),
        ((301, "yes", 3), "0到300"),
        ((-1, "yes", 3), "0到300"),
        ((30, "yes", 0), "1到150"),
        ((30, "maybe", 3), "请选择做完了还是没做完"),
        (("x", "yes", 3), "请填整数分钟"),
        ((30, "yes", "3\0"), "请填整数人数"),
    ],
)
def test_lines_that_cannot_be_are_refused_in_words(signed_in, notice, row, words):
    response = enter(signed_in("head_teacher"), notice, row)
    assert response.status_code == 422
    assert words in text(response)
    assert not TimeSample.objects.exists()


def test_a_form_without_its_frame_is_refused(signed_in, notice):
    response = signed_in("head_teacher").post(reverse("homework:paper_sample", args=[notice.pk]), {"x": "y"})
    assert response.status_code == 422
    assert not TimeSample.objects.exists()


def test_old_and_hidden_homework_is_not_counted(world, signed_in, notice, clock):
    services.set_cut_off(
        by=None, unit=world.school.unit, first_day=dt.date(2026, 10, 1), until=dt.time(18), reviewed_first=True
    )
    hidden = make.ItemFactory(class_group=make.ClassGroupFactory(school=world.school)).notice
    assert enter(signed_in("academic_office"), hidden, (30, "yes", 3)).status_code == 404
    Notice.objects.filter(pk=notice.pk).update(day=dt.date(2026, 9, 29))
    assert enter(signed_in("academic_office"), notice, (30, "yes", 3)).status_code == 404


def test_a_colleague_does_not_count_another_class(world, signed_in):
    notice = make.ItemFactory(class_group=make.ClassGroupFactory(school=world.school)).notice
    assert enter(signed_in("head_teacher"), notice, (30, "yes", 3)).status_code == 403
    assert "五年级1班" in text(signed_in("head_teacher").get(LIST))


def test_the_list_s_queries_do_not_grow_with_the_classes(world, signed_in, notice):
    client = signed_in("academic_office")
    client.get(LIST)
    with CaptureQueriesContext(connection) as with_one:
        client.get(LIST)
    for number in range(2, 7):
        make.ItemFactory(class_group=make.ClassGroupFactory(school=world.school, number=number))
    with CaptureQueriesContext(connection) as with_six:
        client.get(LIST)
    assert len(with_six) == len(with_one)
