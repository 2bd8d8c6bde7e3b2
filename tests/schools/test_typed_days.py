"""Days, numbers and rows as a hand may type or a stale page may send them: answered in words."""

import datetime as dt

import pytest
from django.urls import reverse

from schools.models import Posting, Role
from tests import factories as make

OLD = "1990-01-01"


def test_somebody_in_post_before_the_school_was_there_is_sent_back_in_words(signed_in, world):
    sent = {"unit": world.school.unit.pk, "role": "teacher", "name": "某某", "staff_no": "T9", "first_day": OLD}
    page = signed_in("academic_office").post(reverse("schools:people_add"), sent)
    assert "还没有开办或已停办" in page.content.decode()
    assert not Posting.objects.filter(user__name="某某", role=Role.TEACHER).exists()


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("day_change", {"day-day": OLD, "day-teaches": "no", "day-reason": "停课"}),
        (
            "term_set",
            {
                "term-school_year": 2000,
                "term-half": "autumn",
                "term-first_day": OLD,
                "term-last_day": "1990-02-01",
            },
        ),
        ("off_work_set", {"off-first_day": OLD, "off-off_work_at": "17:00"}),
    ],
)
def test_a_calendar_from_before_the_unit_was_there_is_sent_back_in_words(signed_in, world, name, sent):
    page = signed_in("county_officer").post(reverse(f"schools:{name}"), {"unit": world.county.pk, **sent})
    assert page.status_code == 422
    assert "还没有开办或已停办" in page.content.decode()


def test_a_digit_that_is_no_number_names_no_unit_and_no_year(signed_in, world):
    client = signed_in("county_officer")
    assert client.get(reverse("schools:calendar"), {"unit": "²"}).status_code == 404
    assert client.get(reverse("schools:calendar"), {"year": "²"}).status_code == 200
    assert client.get(reverse("schools:new_year"), {"unit": "²"}).status_code == 404


def test_a_stale_page_does_not_prolong_a_teaching_that_has_ended(signed_in, world):
    teaching = make.TeachingFactory(
        class_group=world.class_group, subject=make.subject("英语"), teacher=world.people["teacher"]
    )
    teaching.last_day = dt.date(2026, 9, 20)
    teaching.save()
    signed_in("academic_office").post(reverse("schools:teaching_end", args=[teaching.pk]))
    teaching.refresh_from_db()
    assert teaching.last_day == dt.date(2026, 9, 20)
