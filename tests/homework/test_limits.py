"""Local rules: stricter ones are kept, looser ones refused with the clause, earlier days judged again."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from homework import services
from homework.models import CutOff, LocalLimit, Notice
from homework.rules import rules_for
from homework.services.reassess import Extent, judge_again
from schools.models import ChangedDay
from schools.services import units
from tests import factories as make

pytestmark = pytest.mark.django_db

DOCUMENTED = json.loads((Path(__file__).parent / "documented_schools.json").read_text(encoding="utf8"))["schools"]
YESTERDAY = make.TODAY - dt.timedelta(days=1)
TOMORROW = make.TODAY + dt.timedelta(days=1)


def limit_of(class_group, day=make.TODAY):
    return rules_for(class_group, day).limit


def county_of(class_group):
    return class_group.school.unit.places.get().parent


def judge(unit, first_day=make.TERM_FIRST_DAY):
    """As the job does after a change."""
    list(judge_again(Extent(unit.pk, first_day, None, None)))


@pytest.mark.parametrize("documented", DOCUMENTED, ids=lambda school: school["name"])
def test_documented_limits_get_the_documented_verdict(documented):
    school = make.SchoolFactory(name=documented["name"], stage=documented["stage"])
    refused = {}
    for grade, minutes in documented["homework_limits"].items():
        try:
            make.LocalLimitFactory(
                unit=school.unit,
                stage=documented["stage"],
                grade=int(grade),
                minutes=minutes,
                document="本校作业管理办法",
            )
        except ValidationError as error:
            refused[grade] = error.message_dict["minutes"][0]
    assert set(refused) == set(documented["refused"])
    for grade, words in documented["refused"].items():
        # The product writes the full-width comma.
        assert refused[grade].startswith(words.replace(",", "，"))
        assert "第4条“分类明确作业总量”" in refused[grade]


def test_the_strictest_of_state_county_and_school_holds(class_group):
    assert limit_of(class_group) == 60
    make.LocalLimitFactory(unit=county_of(class_group), minutes=50)
    assert limit_of(class_group) == 50
    make.LocalLimitFactory(unit=class_group.school.unit, minutes=40, document="本校办法")
    assert limit_of(class_group) == 40


def test_a_limit_holds_for_its_grade_stage_days_and_unit_only(class_group):
    county = county_of(class_group)
    make.LocalLimitFactory(unit=county, grade=4, minutes=10)
    make.LocalLimitFactory(unit=make.CountyFactory(), minutes=10)
    make.LocalLimitFactory(unit=county, minutes=10, first_day=TOMORROW)
    make.LocalLimitFactory(unit=county, minutes=10, last_day=YESTERDAY)
    assert limit_of(class_group) == 60


def test_a_school_may_not_loosen_its_countys_limit(class_group):
    make.LocalLimitFactory(unit=county_of(class_group), minutes=40, clause="第六条")
    with pytest.raises(ValidationError, match=r"规定为40分钟（《东县作业管理办法》第六条），不得放宽"):
        make.LocalLimitFactory(unit=class_group.school.unit, minutes=45)
    make.LocalLimitFactory(unit=class_group.school.unit, minutes=40)
    assert LocalLimit.objects.count() == 2


def test_a_rule_under_a_stricter_one_of_its_own_unit_is_refused_with_that_rule(class_group):
    county = county_of(class_group)
    held = make.LocalLimitFactory(unit=county, minutes=45, clause="第六条")
    said = r"已有更严的规定（45分钟，依据《东县作业管理办法》第六条，自2026年9月1日起）.*请先结束它"
    for last_day in (None, make.TODAY):
        with pytest.raises(ValidationError, match=said):
            make.LocalLimitFactory(unit=county, minutes=50, first_day=make.TODAY, last_day=last_day)
    services.end_local_limit(by=make.UserFactory(), limit=held, last_day=YESTERDAY)
    make.LocalLimitFactory(unit=county, minutes=50, first_day=make.TODAY)
    assert limit_of(class_group) == 50


def test_a_rule_that_outlasts_a_stricter_one_or_begins_before_it_is_kept(class_group):
    county = county_of(class_group)
    make.LocalLimitFactory(unit=county, minutes=45, first_day=make.TODAY, last_day=TOMORROW)
    make.LocalLimitFactory(unit=county, minutes=50, first_day=YESTERDAY, last_day=make.TODAY)
    with pytest.raises(ValidationError, match="起至2026年10月15日"):
        make.LocalLimitFactory(unit=county, minutes=50, first_day=TOMORROW, last_day=TOMORROW)
    make.LocalLimitFactory(unit=county, minutes=55, first_day=TOMORROW)
    assert [limit_of(class_group, day) for day in (YESTERDAY, make.TODAY, TOMORROW)] == [50, 45, 45]


def test_a_limit_needs_a_document_and_a_grade_of_its_stage():
    with pytest.raises(ValidationError, match="不能为空"):
        make.LocalLimitFactory(document=" ")
    with pytest.raises(ValidationError, match="没有这个年级"):
        make.LocalLimitFactory(stage="primary", grade=8)


def test_grade_six_is_junior_where_primary_school_lasts_five_years():
    city = make.CityFactory()
    six_three = make.SchoolFactory(parent=make.CountyFactory(parent=city), stage="nine_year")
    five_four = make.SchoolFactory(parent=make.CountyFactory(parent=city), stage="nine_year", system="5-4")
    grade_six = {"entry_year": 2021, "first_day": dt.date(2021, 9, 1)}
    assert limit_of(make.ClassGroupFactory(school=six_three, **grade_six)) == 60
    assert limit_of(make.ClassGroupFactory(school=five_four, **grade_six)) == 90


def test_a_limit_from_an_earlier_day_judges_those_days_again(post, class_group):
    post("语文", 45, day=YESTERDAY)
    post("语文", 45)
    ChangedDay.objects.all().delete()
    make.LocalLimitFactory(unit=county_of(class_group), minutes=40, first_day=make.TODAY)
    judge(county_of(class_group))
    before, today = Notice.objects.order_by("day")
    assert (before.limit_minutes, before.breached_rule, before.review) == (60, "", "")
    assert (today.limit_minutes, today.breached_rule, today.review) == (40, "daily_total", "pending")
    assert list(ChangedDay.objects.values_list("day", flat=True)) == [make.TODAY]


def test_a_limit_ended_earlier_judges_the_days_after_it_again(post, class_group):
    limit = make.LocalLimitFactory(unit=county_of(class_group), minutes=40)
    post("语文", 45, day=YESTERDAY, overrun_reason="复习")
    post("语文", 45, overrun_reason="复习")
    services.end_local_limit(by=make.UserFactory(), limit=limit, last_day=YESTERDAY)
    judge(county_of(class_group))
    assert list(Notice.objects.order_by("day").values_list("limit_minutes", "breached_rule", "review")) == [
        (40, "daily_total", "pending"),
        (60, "", ""),
    ]


def test_judging_again_follows_the_tree_as_it_was(post, class_group):
    former, later = county_of(class_group), make.CountyFactory(parent=county_of(class_group).places.get().parent)
    post("语文", 45, day=YESTERDAY)
    units.move_unit(by=None, unit=class_group.school.unit, parent=later, first_day=make.TODAY)
    post("语文", 45)
    make.LocalLimitFactory(unit=former, minutes=40)
    judge(former)
    assert list(Notice.objects.order_by("day").values_list("limit_minutes", flat=True)) == [40, 60]


def set_cut_off(unit, hour, first_day=make.TERM_FIRST_DAY, **values):
    return services.set_cut_off(by=None, unit=unit, first_day=first_day, until=dt.time(hour), **values)


def test_the_earliest_cut_off_above_a_class_holds(class_group):
    set_cut_off(county_of(class_group), 18)
    assert rules_for(class_group, make.TODAY).cut_off == dt.time(18)
    set_cut_off(class_group.school.unit, 17)
    assert rules_for(class_group, make.TODAY).cut_off == dt.time(17)


def test_a_units_later_entry_replaces_its_earlier_one(class_group):
    set_cut_off(county_of(class_group), 17)
    set_cut_off(county_of(class_group), 19, first_day=make.TODAY)
    assert rules_for(class_group, YESTERDAY).cut_off == dt.time(17)
    assert rules_for(class_group, make.TODAY).cut_off == dt.time(19)


def test_a_school_may_not_be_later_than_its_county(class_group):
    set_cut_off(county_of(class_group), 18)
    with pytest.raises(ValidationError, match="18:00前公示，不得推迟"):
        set_cut_off(class_group.school.unit, 19)


def test_only_a_school_looks_first(class_group):
    with pytest.raises(ValidationError, match="学校自己决定"):
        set_cut_off(county_of(class_group), 18, reviewed_first=True)
    assert not CutOff.objects.exists()
