"""How many complaints were found true, by school, kind and period."""

import datetime as dt

import pytest

from homework import feedback
from homework.models import Feedback
from tests import factories as make
from tests.fixtures import SHANGHAI

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(class_group):
    """`case("phone", "2026-10-14 23:59", True)`: answered then, upheld or not; without a time it is open."""
    number = iter(range(100))

    def add(kind: str, answered: str | None, upheld: bool | None = None, group=class_group) -> Feedback:
        values: dict[str, object] = {}
        if answered:
            at = dt.datetime.fromisoformat(answered).replace(tzinfo=SHANGHAI)
            values = {"answered_at": at, "is_upheld": upheld, "answer": "已处理", "answered_by": make.UserFactory()}
        return Feedback.objects.create(
            school=group.school,
            class_group=group,
            kind=kind,
            text="要求用手机打卡",
            receipt=f"code{next(number)}",
            answer_by=make.TODAY,
            **values,
        )

    return add


def test_they_count_in_the_days_in_which_they_were_upheld_by_the_local_clock(class_group, case):
    case("phone", "2026-10-01 00:00", True)
    case("phone", "2026-10-14 23:59", True)
    case("phone", "2026-09-30 23:59", True)
    case("phone", "2026-10-15 00:00", True)
    counted = feedback.upheld([class_group.school_id], dt.date(2026, 10, 1), make.TODAY)
    assert counted == {class_group.school_id: {"phone": 2}}


def test_what_is_open_or_was_found_untrue_does_not_count(class_group, case):
    case("parents", None)
    case("parents", "2026-10-14 10:00", False)
    case("punitive", "2026-10-14 10:00", True)
    counted = feedback.upheld([class_group.school_id], make.TODAY, make.TODAY)
    assert counted == {class_group.school_id: {"punitive": 1}}


def test_each_school_has_its_own(class_group, case):
    other = make.ClassGroupFactory()
    case("phone", "2026-10-14 10:00", True)
    case("parents", "2026-10-14 10:00", True, group=other)
    counted = feedback.upheld([class_group.school_id], make.TODAY, make.TODAY)
    assert counted == {class_group.school_id: {"phone": 1}}
    both = feedback.upheld([class_group.school_id, other.school_id], make.TODAY, make.TODAY)
    assert both[other.school_id] == {"parents": 1}
