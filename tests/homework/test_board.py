"""The public board: what it shows, what it never shows, and how it may be kept by proxies."""

import datetime as dt
import re
import time

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from homework import services
from homework.board import FRESH_SECONDS, GRACE_SECONDS, Made, answer, forget
from homework.models import TimeSample, VacationPlan, WeekPlan
from tests import factories as make
from tests.fixtures import SHANGHAI
from tests.homework.conftest import close

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def board(world, query=""):
    return reverse("homework:board", args=[world.school.unit.code]) + query


def board_class(world, query=""):
    return reverse("homework:board_class", args=[world.class_group.board_key]) + query


def board_week(world, query=""):
    return reverse("homework:board_week", args=[world.school.unit.code]) + query


def board_class_week(world, query=""):
    return reverse("homework:board_class_week", args=[world.class_group.board_key]) + query


def board_changes(world, query=""):
    return reverse("homework:board_changes", args=[world.school.unit.code]) + query


def board_class_changes(world, query=""):
    return reverse("homework:board_class_changes", args=[world.class_group.board_key]) + query


@pytest.fixture
def posted(world):
    """The teacher's 语文 of today."""
    return make.ItemFactory(by=world.teacher, class_group=world.class_group, content="背诵第三段")


@pytest.mark.parametrize("address", [board, board_class])
def test_anybody_reads_the_homework_its_minutes_and_who_is_missing(client, world, posted, address):
    page = text(client.get(address(world)))
    for words in ("五年级1班", "背诵第三段", "约20分钟", "书面作业共20分钟，限60分钟", "10月14日 16:30 公示"):
        assert words in page
    assert "未公示：</span>数学" in page


@pytest.mark.parametrize("address", [board, board_class])
def test_the_board_names_no_person_and_no_phone(client, world, posted, address):
    page = text(client.get(address(world)))
    for person in world.people.values():
        assert person.name not in page
        assert str(person.phone) not in page


def test_an_overrun_is_marked_and_its_reason_stays_inside(client, world):
    make.ItemFactory(class_group=world.class_group, minutes=70, overrun_reason="家长要求")
    page = text(client.get(board(world)))
    assert "超量" in page
    assert "待审核" in page
    assert "家长要求" not in page


def test_a_closed_day_and_a_silent_class_say_so(client, world, django_capture_on_commit_callbacks):
    assert "未公示</span>" in text(client.get(board(world)))
    with django_capture_on_commit_callbacks(execute=True):
        close(world.class_group)
    page = text(client.get(board(world)))
    assert "今日无书面作业" in page
    assert "未公示" not in page


def test_a_withdrawn_item_is_gone(client, world, posted):
    services.withdraw_item(by=world.teacher, item=posted, reason="写错了")
    assert "背诵第三段" not in text(client.get(board(world)))


@pytest.mark.parametrize(("address", "changes"), [(board, board_changes), (board_class, board_class_changes)])
def test_a_correction_is_marked_with_its_time_and_the_earlier_text_can_be_read(
    client, world, posted, clock, address, changes
):
    clock(dt.datetime(2026, 10, 14, 17, 5, tzinfo=SHANGHAI))
    services.correct_item(
        by=world.teacher,
        item=posted,
        reason="写错了段落",
        subject=world.subject,
        content="背诵第四段",
        kind="written",
        place="home",
        layer="all",
        minutes=20,
    )
    page = text(client.get(address(world)))
    assert "背诵第四段" in page
    assert "背诵第三段" not in page
    assert re.search("已更正</span> 10月14日 17:05", page)
    assert changes(world, "?day=2026-10-14") in page
    before = text(client.get(changes(world, "?day=2026-10-14")))
    assert "更正前</span> 背诵第三段（" in before
    assert "更正后</span> 背诵第四段（" in before
    assert "写错了段落" not in before
    assert world.teacher.name not in before


def test_what_was_withdrawn_can_be_read_too(client, world, posted):
    services.withdraw_item(by=world.teacher, item=posted, reason="布置到别的班了")
    before = text(client.get(board_changes(world)))
    assert "撤回的内容</span> 背诵第三段（" in before
    assert "布置到别的班了" not in before


def test_a_day_without_corrections_says_so(client, world, posted):
    assert "已更正" not in text(client.get(board(world)))
    assert "没有更正过的内容" in text(client.get(board_changes(world)))


def test_what_was_changed_before_it_appeared_is_no_correction(client, world, clock):
    services.set_cut_off(
        by=None, unit=world.school.unit, first_day=dt.date(2026, 10, 1), until=dt.time(18), reviewed_first=True
    )
    item = make.ItemFactory(by=world.teacher, class_group=world.class_group, content="背诵第三段")
    services.withdraw_item(by=world.teacher, item=item, reason="写错了")
    clock(dt.datetime(2026, 10, 14, 18, 1, tzinfo=SHANGHAI))
    assert "背诵第三段" not in text(client.get(board_changes(world)))


def test_layers_are_shown_with_their_minutes(client, world, posted):
    make.ItemFactory(class_group=world.class_group, layer="extended", minutes=15)
    page = text(client.get(board_class(world)))
    assert "<span>基础20分钟</span>" in page
    assert "<span>拓展35分钟</span>" in page


def test_the_notice_before_days_off_says_until_when_it_holds(client, world, clock):
    clock(dt.datetime(2026, 10, 16, 16, 30, tzinfo=SHANGHAI))
    make.ItemFactory(class_group=world.class_group, day=dt.date(2026, 10, 16))
    assert "管到10月18日" in text(client.get(board_class(world)))


def test_a_no_homework_day_by_the_school_s_plan_says_so(client, world):
    plan = WeekPlan.objects.create(
        school=world.school, first_day=dt.date(2026, 10, 1), made_by=world.people["academic_office"]
    )
    plan.entries.create(grade=5, weekday=3)
    assert "无作业日" in text(client.get(board_class(world)))
    assert "无作业日" not in text(client.get(board_class(world, "?day=2026-10-13")))


def test_the_limit_is_told_where_somebody_has_spoken(client, world):
    assert "限60分钟" not in text(client.get(board_class(world)))
    make.ItemFactory(class_group=world.class_group)
    forget([world.school.pk])
    assert "限60分钟" in text(client.get(board_class(world)))


@pytest.mark.parametrize(("answers", "are_shown"), [(4, False), (5, True)])
def test_families_answers_are_shown_from_five_up(client, world, posted, answers, are_shown):
    TimeSample.objects.create(
        notice=posted.notice,
        school=world.school,
        minutes=35,
        finished=True,
        answers=answers,
        given_on=make.TODAY,
        entered_by=world.people["academic_office"],
    )
    page = text(client.get(board_class(world)))
    assert ("中位数 <strong>35分钟" in page) is are_shown
    assert "35分钟" not in text(client.get(board(world)))


@pytest.mark.parametrize(
    ("first_day", "is_shown"),
    [(dt.date(2026, 10, 14), True), (dt.date(2026, 10, 28), True), (dt.date(2026, 10, 29), False)],
)
def test_a_vacation_s_plan_is_shown_a_fortnight_before(client, world, first_day, is_shown):
    plan = VacationPlan.objects.create(
        class_group=world.class_group,
        school=world.school,
        grade=5,
        first_day=first_day,
        last_day=dt.date(2026, 11, 20),
        limit_minutes=60,
        load_minutes=20,
    )
    plan.items.create(subject=world.subject, content="读《西游记》", daily_minutes=20, posted_by=world.teacher)
    page = text(client.get(board_class(world)))
    assert ("读《西游记》" in page) is is_shown
    assert ("平均每天书面作业20分钟，限60分钟" in page) is is_shown


def test_a_class_s_week_shows_each_school_day(client, world, posted):
    make.ItemFactory(class_group=world.class_group, day=dt.date(2026, 10, 12), content="读课文")
    page = text(client.get(board_class_week(world)))
    assert re.findall(r"<h2>(.*?)</h2>", page) == ["10月12日 星期一", "10月13日 星期二", "10月14日 星期三"]
    assert "读课文" in page
    assert "背诵第三段" in page
    earlier = text(client.get(board_class_week(world, "?day=2026-10-07")))  # the holiday, and Saturday made a workday
    assert re.findall(r"<h2>(.*?)</h2>", earlier) == ["10月8日 星期四", "10月9日 星期五", "10月10日 星期六"]
    assert 'rel="next" href="?day=2026-10-12"' in earlier


def test_a_school_s_week_is_a_table_of_minutes_against_limits(client, world, posted):
    make.ItemFactory(
        class_group=world.class_group, day=dt.date(2026, 10, 12), minutes=70, overrun_reason="周末没有作业"
    )
    page = text(client.get(board_week(world)))
    cells = [re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<td.*?</td>", page, re.DOTALL)]
    assert cells == ["70/60超量未齐全", "未公示", "20/60未齐全"]
    assert 'href="?day=2026-10-10"' in page


@pytest.mark.parametrize("address", [board_week, board_class_week])
@pytest.mark.parametrize("query", ["?day=2026-10-19", "?day=x", "?day=%00"])
def test_a_week_to_come_is_not_found(client, world, address, query):
    assert client.get(address(world, query)).status_code == 404


def test_a_class_s_page_reaches_no_further_back_than_the_class(client, world):
    young = make.ClassGroupFactory(
        school=world.school, number=9, entry_year=2026, entry_grade=1, first_day=dt.date(2026, 10, 13)
    )
    page = reverse("homework:board_class", args=[young.board_key])
    assert client.get(f"{page}?day=2026-10-12").status_code == 404
    assert 'rel="prev"' not in text(client.get(f"{page}?day=2026-10-13"))


def test_what_waits_for_release_is_not_shown_before_the_cut_off(client, world, clock):
    services.set_cut_off(
        by=None, unit=world.school.unit, first_day=dt.date(2026, 10, 1), until=dt.time(18), reviewed_first=True
    )
    make.ItemFactory(class_group=world.class_group, content="背诵第三段")
    assert "背诵第三段" not in text(client.get(board(world)))
    clock(dt.datetime(2026, 10, 14, 18, 1, tzinfo=SHANGHAI))
    page = text(client.get(board(world)))
    assert "背诵第三段" in page
    assert "未经审核" in page


def test_classes_stand_in_the_order_of_their_grades(client, world):
    for number, year in ((2, 2022), (1, 2026), (1, 2024)):
        make.ClassGroupFactory(
            school=world.school, number=number, entry_year=year, first_day=dt.date(year, 9, 1), entry_grade=1
        )
    names = re.findall(r"<h2>(.*?)</h2>", text(client.get(board(world))))
    assert names == ["一年级1班", "三年级1班", "五年级1班", "五年级2班"]


def test_on_a_day_off_the_last_school_day_is_shown(client, world, clock):
    clock(dt.datetime(2026, 10, 18, 9, tzinfo=SHANGHAI))
    page = text(client.get(board(world)))
    assert "2026年10月16日" in page
    assert "不是今天" in page


def test_days_are_switched_between_school_days_up_to_today(client, world):
    page = text(client.get(board(world, "?day=2026-10-12")))
    assert 'href="?day=2026-10-10"' in page  # a Saturday made a workday for the National Day holiday
    assert 'href="?day=2026-10-13"' in page
    assert "?day=2026-10-15" not in text(client.get(board(world)))


@pytest.mark.parametrize("query", ["?day=2026-10-11", "?day=2026-10-15", "?day=x", "?day=2020-01-06"])
def test_a_day_without_school_or_still_to_come_is_not_found(client, world, query):
    assert client.get(board(world, query)).status_code == 404


def test_an_unknown_school_or_class_is_not_found(client, world):
    assert client.get(reverse("homework:board", args=["9999999999"])).status_code == 404
    assert client.get(reverse("homework:board_class", args=["no-such-key"])).status_code == 404
    by_number = f"/homework/board/{world.school.unit.code}/{world.class_group.pk}/"
    assert client.get(by_number).status_code == 404


def test_a_school_before_its_first_term_has_a_friendly_board(client, world):
    school = make.SchoolFactory(parent=world.county)
    school.days.all().delete()
    response = client.get(reverse("homework:board", args=[school.unit.code]))
    assert response.status_code == 200
    assert "还没有排出上课日" in text(response)


def test_the_poster_carries_the_address_as_words_and_qr_code(client, world):
    page = text(client.get(board_class(world)))
    assert f"http://testserver{board_class(world)}" in page
    assert "data:image/svg+xml" in page


def test_the_board_needs_no_script(client, world):
    assert "<script" not in text(client.get(board(world)))


def test_proxies_may_keep_the_board_for_moments_whoever_looks(signed_in, client, world, posted):
    signed_out = client.get(board(world))
    signed = signed_in("principal").get(board(world))
    assert signed.content == signed_out.content
    assert signed.headers["Cache-Control"] == "public, max-age=2"
    assert "Cookie" not in signed.headers.get("Vary", "")


@pytest.mark.parametrize("address", [board, board_class])
def test_a_board_in_the_cache_is_answered_without_a_query(client, world, posted, address, django_assert_num_queries):
    first = client.get(address(world))
    with django_assert_num_queries(0):
        second = client.get(address(world))
        unchanged = client.get(address(world), headers={"If-None-Match": first.headers["ETag"]})
    assert second.content == first.content
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["Cache-Control"] == "public, max-age=2"


def test_a_reader_with_another_version_gets_the_whole_page(client, world, posted):
    tag = client.get(board(world)).headers["ETag"]
    assert client.get(board(world), headers={"If-None-Match": '"another"'}).status_code == 200
    assert client.get(board(world), headers={"If-None-Match": f'"another", W/{tag}'}).status_code == 304


@pytest.mark.parametrize("address", [board, board_class])
def test_a_change_is_seen_at_once(client, world, posted, address, django_capture_on_commit_callbacks):
    tag = client.get(address(world)).headers["ETag"]
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw_item(by=world.teacher, item=posted, reason="写错了")
    response = client.get(address(world), headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert "背诵第三段" not in text(response)


def test_a_page_begun_before_a_change_is_not_kept_for_after_it(client, world, posted):
    def made_slowly():
        forget([world.school.pk])  # somebody changes something while the page is being made
        return Made(world.school.pk, "旧的")

    request = RequestFactory().get(board(world))
    answer(request, made_slowly)
    assert "旧的" not in text(client.get(board(world)))


def test_another_school_s_change_leaves_a_page_in_the_cache(client, world, posted, django_assert_num_queries):
    client.get(board(world))
    forget([world.other_school.pk])
    with django_assert_num_queries(0):
        client.get(board(world))


def test_what_nobody_tells_the_board_is_seen_within_five_seconds(client, world, posted, clock):
    client.get(board(world))
    world.school.unit.name = "东县第一小学"
    world.school.unit.save()
    assert "东县第一小学" not in text(client.get(board(world)))
    clock(dt.datetime(2026, 10, 14, 16, 30, 2, tzinfo=SHANGHAI))
    assert "东县第一小学" in text(client.get(board(world)))
    # What the reader keeps herself is counted on top.
    reader_seconds = int(client.get(board(world)).headers["Cache-Control"].rpartition("=")[2])
    assert FRESH_SECONDS + GRACE_SECONDS + reader_seconds < 5


def test_redis_forgets_a_page_by_itself(client, world, redis_client):
    client.get(board(world))
    pages = list(redis_client.scan_iter("test:*board:page:*"))
    assert pages
    assert all(0 < redis_client.pttl(page) <= 3000 for page in pages)


def test_while_one_makes_a_page_anew_others_get_the_old_one_for_a_moment(client, world, posted, clock):
    client.get(board(world))
    world.school.unit.name = "东县第一小学"
    world.school.unit.save()
    clock(dt.datetime(2026, 10, 14, 16, 30, 2, tzinfo=SHANGHAI))
    others = []

    def made():
        others.append(text(client.get(board(world))))
        return Made(world.school.pk, "新的")

    assert answer(RequestFactory().get(board(world)), made).content.decode() == "新的"
    assert "东县实验小学" in others[0]
    assert text(client.get(board(world))) == "新的"


def test_nobody_waits_for_one_who_died_while_making_a_page(client, world, posted, clock):
    client.get(board(world))

    def dies():
        raise MemoryError

    clock(dt.datetime(2026, 10, 14, 16, 30, 2, tzinfo=SHANGHAI))
    with pytest.raises(MemoryError):
        answer(RequestFactory().get(board(world)), dies)
    world.school.unit.name = "东县第一小学"
    world.school.unit.save()
    clock(dt.datetime(2026, 10, 14, 16, 30, 2, 500_000, tzinfo=SHANGHAI))
    assert "东县第一小学" in text(client.get(board(world)))


def test_a_page_grows_old_by_the_machine_s_clock_too(client, world, posted, monkeypatch):
    client.get(board(world))
    later = time.time() + FRESH_SECONDS + GRACE_SECONDS
    monkeypatch.setattr(time, "time", lambda: later)
    with CaptureQueriesContext(connection) as queries:
        client.get(board(world))
    assert len(queries) == 4


def test_at_midnight_the_board_turns_to_the_new_day(client, world, clock):
    clock(dt.datetime(2026, 10, 14, 23, 59, 59, tzinfo=SHANGHAI))
    assert "2026年10月14日" in text(client.get(board(world)))
    clock(dt.datetime(2026, 10, 15, 0, 0, 2, tzinfo=SHANGHAI))
    assert "2026年10月15日" in text(client.get(board(world)))


def test_without_redis_the_board_is_answered_from_the_database(client, world, posted, settings, caplog):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/redis.sock"}}
    assert "背诵第三段" in text(client.get(board(world)))
    forget([world.school.pk])
    assert "背诵第三段" in text(client.get(board_class(world)))


def test_a_page_kept_for_one_host_is_not_shown_on_another(client, world, posted, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    assert "http://one.example/" in text(client.get(board_class(world), headers={"Host": "one.example"}))
    page = text(client.get(board_class(world), headers={"Host": "two.example"}))
    assert "one.example" not in page
    assert "https://two.example/" in text(client.get(board_class(world), headers={"Host": "two.example"}, secure=True))
    assert client.get(board_class(world), headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("address", [board, board_class, board_week, board_class_week, board_changes])
def test_at_most_four_queries_for_any_number_of_classes(client, world, posted, address):
    with CaptureQueriesContext(connection) as with_one:
        client.get(address(world))
    for number in range(2, 31):
        make.ItemFactory(class_group=make.ClassGroupFactory(school=world.school, number=number))
    forget([world.school.pk])
    with CaptureQueriesContext(connection) as with_thirty:
        response = client.get(address(world))
    assert response.status_code == 200
    assert len(with_thirty) == len(with_one)
    assert 0 < len(with_thirty) <= 4


def test_schools_are_found_by_name_or_code(client, world):
    index = reverse("homework:board_index")
    assert board(world) in text(client.get(f"{index}?q=东县实验"))
    assert board(world) in text(client.get(f"{index}?q={world.school.unit.code}"))
    assert "没有找到学校" in text(client.get(f"{index}?q=无此校"))


@pytest.mark.parametrize("address", ["/homework/board/?q=%00%00%00", "/homework/board/41%00/"])
def test_a_character_that_no_name_has_is_no_fault_of_ours(client, db, address):
    assert client.get(address).status_code in (200, 404)
