"""The fictional city: the same for the same seed, judged by the real rules, plausible rather than perfect."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction

from afterschool.models import Absence, Duty
from homework import policy
from homework.models import Feedback, Item, Notice, SchoolRule, SpotCheck, TimeSample
from reports import rollup
from reports.city import school_life, service
from reports.city.demo import days_of_data
from reports.city.make import Made, make_city
from reports.management.commands.make_city import first_of
from reports.models import HomeworkTally, ServiceTally
from schools.models import ChangedDay, ClassGroup, HeadTeacher, School, SchoolDay, Teaching
from tests import factories as make

pytestmark = pytest.mark.django_db

FIRST_DAY, LAST_DAY = dt.date(2026, 9, 21), dt.date(2026, 10, 12)  # over a holiday and a make-up Saturday


def build(**changes) -> Made:
    for name in make.HOMEWORK_GRADES:
        make.subject(name)
    values = {"schools": 6, "first_day": FIRST_DAY, "last_day": LAST_DAY, "seed": 7, "tell": lambda line: None}
    return make_city(**(values | changes))


def said() -> list[tuple[object, ...]]:
    """Everything that was posted, without ids."""
    return sorted(
        Item.objects.values_list(
            "school__unit__code", "notice__class_group__entry_year", "notice__day", "content", "minutes", "posted_at"
        )
    )


def said_by(**changes) -> list[tuple[object, ...]]:
    with transaction.atomic():
        build(**changes)
        words = said()
        transaction.set_rollback(True)
    return words


def test_the_same_seed_gives_the_same_city_and_another_a_different_one():
    first = said_by()
    assert first == said_by()
    assert first != said_by(seed=8)


def test_what_is_told_is_what_is_there():
    made = build()
    assert (made.notices, made.items) == (Notice.objects.count(), Item.objects.count())
    assert (made.schools, made.classes) == (6, ClassGroup.objects.count())
    assert made.days == sorted(set(SchoolDay.objects.filter(day__lte=LAST_DAY).values_list("day", flat=True)))
    assert dt.date(2026, 10, 10) in made.days
    assert dt.date(2026, 10, 1) not in made.days


def test_every_notice_carries_the_verdict_of_the_real_rules():
    build()
    for notice in Notice.objects.prefetch_related("items"):
        load = policy.load(item.work for item in notice.items.all())
        assert notice.load_minutes == load
        assert bool(policy.check_load(load, notice.limit_minutes)) == notice.is_over


def test_it_is_plausible_and_not_perfect():
    build(schools=24)
    rollup.take_changed_days(until=LAST_DAY)
    sums = HomeworkTally.objects.sums()
    assert 0.85 < sums["complete"] / sums["classes"] < 1
    assert 0.7 < sums["on_time"] / sums["complete"] < 1
    assert 0 < sums["over_limit"] / sums["judged"] < 0.05
    assert sums["days_off"] > 0


def test_every_class_has_its_teachers_and_head_teacher():
    build()
    assert HeadTeacher.objects.count() == ClassGroup.objects.count()
    assert set(Teaching.objects.values_list("class_group", flat=True)) == set(
        ClassGroup.objects.values_list("pk", flat=True)
    )


def test_its_days_wait_in_the_outbox():
    made = build()
    noted = set(ChangedDay.objects.values_list("day", flat=True))
    assert set(made.days) <= noted


def test_its_schools_have_rules_checks_and_words_of_families():
    build()
    school_life.live(FIRST_DAY, LAST_DAY, 7, lambda line: None)
    assert SchoolRule.objects.in_force(LAST_DAY).count() == 5  # of six
    assert SpotCheck.objects.exclude(finished_at=None).count() == 2
    assert Feedback.objects.filter(is_upheld=True).exists() and Feedback.objects.open().exists()
    assert TimeSample.objects.between(FIRST_DAY, LAST_DAY).count() > 100


def test_its_schools_hold_after_school_service_and_some_fail_as_schools_do():
    build(schools=12)
    service.serve(FIRST_DAY, LAST_DAY, 7, lambda line: None)
    rollup.rebuild_days(FIRST_DAY, LAST_DAY)
    found = list(ServiceTally.objects.sums_by("school__unit__code"))
    in_time = {place for place, row in enumerate(found) if row["plan_ok"] == row["days"] and not row["unexcused"]}
    assert in_time >= {0, 1, 3, 5, 8}
    assert not in_time & {2, 4, 7, 9, 11}  # 80 minutes, no Thursday, not filed, both, nothing
    assert found[1]["has_break"] == 1
    assert (found[2]["minutes"], found[11]["held"]) == (80 * found[2]["served"], 0)
    sums = ServiceTally.objects.sums()
    assert 0.01 < (sums["absent"] + sums["on_leave"]) / sums["expected"] < 0.05
    assert 0 < sums["cancelled"] < sums["held"] / 50
    assert 0 < sums["outside_workers"] < sums["workers"] / 3
    assert Absence.objects.filter(kind="absent").count() == sums["absent"]
    led = Duty.objects.on(LAST_DAY).filter(kind="lead").values("school").distinct()
    assert led.count() == School.objects.count() - 1  # the last one does nothing
    assert Duty.objects.filter(kind="patrol").exists()


def test_a_second_city_is_refused_and_nothing_is_written():
    build()
    before = said()
    with pytest.raises(ValidationError, match="已经在数据库里"):
        build(seed=9)
    assert said() == before


def test_days_without_school_are_refused():
    with pytest.raises(ValidationError, match="没有上课日"):
        build(first_day=dt.date(2026, 10, 1), last_day=dt.date(2026, 10, 7))


def test_the_command_counts_school_days_back_from_the_last():
    for name in make.HOMEWORK_GRADES:
        make.subject(name)
    out = io.StringIO()
    call_command("make_city", schools=3, days=2, until=dt.date(2026, 10, 12), stdout=out)
    assert "3所学校" in out.getvalue()
    assert set(Notice.objects.values_list("day", flat=True)) == {dt.date(2026, 10, 10), dt.date(2026, 10, 12)}
    with pytest.raises(CommandError, match="已经在数据库里"):
        call_command("make_city", schools=3, days=2, until=dt.date(2026, 10, 12), stdout=out)


@pytest.mark.parametrize(
    ("until", "workdays", "first"),
    [
        (dt.date(2026, 10, 12), 1, dt.date(2026, 10, 12)),
        (dt.date(2026, 10, 12), 2, dt.date(2026, 10, 10)),  # a make-up Saturday
        (dt.date(2026, 10, 8), 2, dt.date(2026, 9, 30)),  # over the National Day
    ],
)
def test_the_first_of_so_many_workdays(until, workdays, first):
    assert first_of(until, workdays) == first


@pytest.mark.parametrize(
    ("today", "first_day", "last_day"),
    [
        (dt.date(2026, 11, 22), dt.date(2026, 10, 1), dt.date(2026, 11, 21)),
        (dt.date(2026, 8, 10), dt.date(2026, 5, 22), dt.date(2026, 7, 3)),  # in the summer vacation
        (dt.date(2027, 2, 10), dt.date(2026, 12, 1), dt.date(2027, 1, 20)),  # in the winter vacation
    ],
)
def test_the_demo_covers_the_last_full_month_or_the_last_days_before_a_vacation(today, first_day, last_day):
    assert days_of_data(today) == (first_day, last_day)
