"""Addresses of the classes' pages: who learns them, how they are renewed; and what search engines may list."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from schools.models import ClassGroup
from tests import factories as make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def addresses(world):
    return reverse("homework:board_addresses", args=[world.school.unit.code])


def class_page(class_group):
    return reverse("homework:board_class", args=[class_group.board_key])


def renew(class_group):
    return reverse("homework:board_address_renew", args=[class_group.pk])


def board(world):
    return reverse("homework:board", args=[world.school.unit.code])


def test_a_teacher_learns_the_addresses_of_her_own_classes_alone(signed_in, world):
    other = make.ClassGroupFactory(school=world.school, number=2)
    hers, all_of_them = (text(signed_in(person).get(addresses(world))) for person in ("teacher", "academic_office"))
    assert class_page(world.class_group) in hers
    assert class_page(other) not in hers
    assert class_page(other) in all_of_them


def test_the_school_s_public_pages_lead_to_no_class_s_address(client, world):
    make.ItemFactory(by=world.teacher, class_group=world.class_group)
    for name in ("board", "board_week", "board_changes"):
        page = text(client.get(reverse(f"homework:{name}", args=[world.school.unit.code])))
        assert world.class_group.board_key not in page
        assert "/board/c/" not in page


def test_nothing_in_an_address_tells_another_s(world):
    groups = [make.ClassGroupFactory(school=world.school, number=number) for number in range(2, 32)]
    keys = {group.board_key for group in groups}
    assert len(keys) == 30
    assert all(re.fullmatch("[2-9a-hjkmnp-z]{12}", key) for key in keys)
    assert not any(str(group.pk) == group.board_key for group in groups)


@pytest.mark.parametrize("person", ["head_teacher", "academic_office"])
def test_a_renewed_address_ends_the_old_one_at_once(
    signed_in, world, person, django_capture_on_commit_callbacks, django_assert_num_queries
):
    old = class_page(world.class_group)
    client = signed_in(person)
    assert client.get(old).status_code == 200
    with django_assert_num_queries(0):  # it lies in the cache
        assert client.get(old).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(renew(world.class_group), follow=True)
    gone = client.get(old)
    assert (gone.status_code, "请扫教室门口新的二维码" in gone.content.decode()) == (404, True)
    world.class_group.refresh_from_db()
    assert class_page(world.class_group) != old
    assert class_page(world.class_group) in text(response)
    assert client.get(class_page(world.class_group)).status_code == 200


def test_the_audit_trail_knows_who_renewed_and_neither_address(signed_in, world):
    old = world.class_group.board_key
    signed_in("academic_office").post(renew(world.class_group))
    entry = AuditEntry.objects.get(action="class.renew_board_key")
    assert entry.by == world.people["academic_office"]
    assert old not in str(entry.detail)
    assert ClassGroup.objects.get(pk=world.class_group.pk).board_key not in str(entry.detail)


def test_looking_renews_nothing(signed_in, world):
    assert signed_in("academic_office").get(renew(world.class_group)).status_code == 405
    assert ClassGroup.objects.get(pk=world.class_group.pk).board_key == world.class_group.board_key


def test_only_who_may_renew_sees_the_button(signed_in, world):
    button = renew(world.class_group)
    assert button in text(signed_in("head_teacher").get(addresses(world)))
    assert button not in text(signed_in("teacher").get(addresses(world)))
    assert button not in text(signed_in("principal").get(addresses(world)))


def test_the_number_of_queries_does_not_grow_with_the_classes(signed_in, world, django_assert_max_num_queries):
    for number in range(2, 31):
        make.ClassGroupFactory(school=world.school, number=number)
    client = signed_in("academic_office")
    with django_assert_max_num_queries(12):
        client.get(addresses(world))


def test_search_engines_may_not_list_a_board_until_the_school_says_so(signed_in, world, clock):
    client = signed_in("principal")
    page = client.get(board(world))
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in text(page)
    setting = reverse("homework:board_indexing_set", args=[world.school.unit.code])
    client.post(setting, {"may_be_indexed": "on"})
    clock(dt.datetime(2026, 10, 14, 16, 30, 3, tzinfo=SHANGHAI))
    page = client.get(board(world))
    assert "X-Robots-Tag" not in page.headers
    assert "noindex" not in text(page)
    assert AuditEntry.objects.get(action="board.set_indexing").detail == {"may_be_indexed": True}
    client.post(setting)
    clock(dt.datetime(2026, 10, 14, 16, 30, 6, tzinfo=SHANGHAI))
    assert client.get(board(world)).headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_class_s_page_is_never_listed(signed_in, world):
    client = signed_in("principal")
    client.post(reverse("homework:board_indexing_set", args=[world.school.unit.code]), {"may_be_indexed": "on"})
    for name in ("board_class", "board_class_week", "board_class_changes"):
        page = client.get(reverse(f"homework:{name}", args=[world.class_group.board_key]))
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "noindex" in text(page)


def test_a_page_not_modified_still_says_that_it_may_not_be_listed(client, world):
    tag = client.get(board(world)).headers["ETag"]
    unchanged = client.get(board(world), headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.headers["X-Robots-Tag"]) == (304, "noindex, nofollow")


def test_robots_are_let_to_the_board_and_kept_from_the_rest(client):
    page = client.get("/robots.txt")
    assert page.headers["Content-Type"].startswith("text/plain")
    lines = text(page).split("\n")
    assert lines.index("Allow: /homework/board/") < lines.index("Disallow: /")
