"""The public board: what it shows, what it never shows, and how it may be kept by proxies."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from homework import services
from homework.board import FRESH_SECONDS, Made, answer, forget
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
    # The reader's own copy is at most as old again.
    assert FRESH_SECONDS + int(client.get(board(world)).headers["Cache-Control"].rpartition("=")[2]) <= 5


def test_redis_forgets_a_page_by_itself(client, world, redis_client):
    client.get(board(world))
    pages = list(redis_client.scan_iter("test:*board:page:*"))
    assert pages
    assert all(0 < redis_client.pttl(page) <= FRESH_SECONDS * 1000 for page in pages)


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
