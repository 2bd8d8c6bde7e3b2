"""一校一策: versions, what they refuse, what they end, how they are compared."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.models import Job
from homework import services as homework
from homework import tasks
from homework.models import CutOff, Item, LocalLimit, Notice, SchoolRule, SubjectShare
from homework.rules import rules_for
from homework.services.school_rules import Terms, adopt_school_rule, differences, terms_of
from tests import factories as make
from tests.accounts.test_jobs import together

pytestmark = pytest.mark.django_db

YESTERDAY = make.TODAY - dt.timedelta(days=1)
TOMORROW = make.TODAY + dt.timedelta(days=1)
FRIDAY = dt.date(2026, 10, 16)


@pytest.fixture
def adopt(class_group):
    def with_terms(**values):
        values = {"title": "作业管理办法", "first_day": make.TODAY, "cut_off": dt.time(18)} | values
        return adopt_school_rule(by=make.UserFactory(), school=class_group.school, terms=Terms(**values))

    return with_terms


def share(name, minutes, grade=5):
    return {(grade, make.subject(name).pk): minutes}


def refused(adopt, **values):
    with pytest.raises(ValidationError) as error:
        adopt(**values)
    assert not SchoolRule.objects.exists()
    assert not LocalLimit.objects.exclude(school_rule=None).exists()
    assert not CutOff.objects.exists()
    return error.value.message_dict


def test_a_version_writes_limits_cut_off_and_shares_that_classes_are_judged_by(adopt, class_group):
    rule = adopt(limits={5: 50}, days_off={5: 45}, shares=share("语文", 20), cut_off=dt.time(17), reviewed_first=True)
    rules = rules_for(class_group, make.TODAY)
    assert (rules.limit, rules.cut_off, rules.reviewed_first) == (50, dt.time(17), True)
    assert rules.shares == {make.subject("语文").pk: 20}
    assert rules_for(class_group, FRIDAY).limit == 45
    assert rules_for(class_group, YESTERDAY).limit == 60
    assert (rule.version, rule.last_day) == (1, None)
    assert {row.document for row in LocalLimit.objects.all()} == {"作业管理办法"}


@pytest.mark.django_db(transaction=True)
def test_posting_goes_on_while_a_version_is_written(adopt, class_group):
    def post():
        connection.cursor().execute("SET lock_timeout = '3s'")
        return make.ItemFactory(class_group=class_group, subject=make.subject("语文"), minutes=20)

    make.subject("语文")
    with transaction.atomic():
        adopt(limits={5: 50})
        assert [type(result) for result in together(post, times=1)] == [Item]


def test_the_next_version_ends_the_one_before_the_day_before(adopt, class_group):
    adopt(limits={5: 50, 4: 40}, shares=share("语文", 20), first_day=make.MONDAY)
    adopt(limits={5: 55}, cut_off=dt.time(19), first_day=make.TODAY)
    first, second = SchoolRule.objects.order_by("version")
    assert (first.last_day, second.first_day, second.last_day) == (YESTERDAY, make.TODAY, None)
    assert [rules_for(class_group, day).limit for day in (YESTERDAY, make.TODAY)] == [50, 55]
    assert rules_for(class_group, YESTERDAY).shares
    assert rules_for(class_group, make.TODAY).shares == {}
    assert rules_for(class_group, make.TODAY).cut_off == dt.time(19)
    assert set(LocalLimit.objects.filter(school_rule=first).values_list("last_day", flat=True)) == {YESTERDAY}


def test_a_version_begins_after_the_one_before(adopt):
    adopt(first_day=make.TODAY)
    with pytest.raises(ValidationError) as error:
        adopt(first_day=make.TODAY)
    assert "应晚于这一天" in error.value.message_dict["first_day"][0]
    assert SchoolRule.objects.count() == 1


def test_a_year_typed_wrong_is_refused(adopt):
    year = dt.timedelta(days=366)
    assert "请核对年份" in refused(adopt, first_day=make.TODAY + year + dt.timedelta(days=1))["first_day"][0]
    assert "请核对年份" in refused(adopt, first_day=dt.date.max)["first_day"][0]
    adopt(first_day=make.TODAY + year)


def test_looser_than_the_state_is_refused_with_the_clause(adopt):
    said = refused(adopt, limits={2: 30, 5: 61})
    assert "国家规定小学一、二年级不布置家庭书面作业" in said["limit_2"][0]
    assert "第4条“分类明确作业总量”" in said["limit_5"][0]
    assert set(refused(adopt, limits={5: 60}, days_off={5: 61})) == {"days_off_5"}


def test_looser_than_the_county_is_refused(adopt, class_group):
    county = class_group.school.unit.places.get().parent
    make.LocalLimitFactory(unit=county, minutes=40)
    assert "规定为40分钟" in refused(adopt, limits={5: 41})["limit_5"][0]
    adopt(limits={5: 40})


def test_days_off_may_not_have_more_than_the_countys_day_unless_the_county_says_so(adopt, class_group):
    county = class_group.school.unit.places.get().parent
    make.LocalLimitFactory(unit=county, minutes=40)
    assert "规定为每天40分钟" in refused(adopt, days_off={5: 41})["days_off_5"][0]
    make.LocalLimitFactory(unit=county, minutes=50, span="days_off")
    assert "规定为50分钟" in refused(adopt, days_off={5: 51})["days_off_5"][0]
    adopt(days_off={5: 50})
    assert rules_for(class_group, FRIDAY).limit == 50


def test_later_than_the_countys_cut_off_is_refused(adopt, class_group):
    county = class_group.school.unit.places.get().parent
    homework.set_cut_off(by=None, unit=county, first_day=make.TERM_FIRST_DAY, until=dt.time(18))
    with pytest.raises(ValidationError) as error:
        adopt(cut_off=dt.time(18, 1))
    assert "不得推迟" in error.value.message_dict["cut_off"][0]
    adopt(cut_off=dt.time(18))


def test_a_share_beyond_the_limit_and_shares_beyond_it_together_are_refused_with_the_numbers(adopt):
    said = refused(adopt, limits={5: 50}, shares=share("语文", 51))
    assert said[f"share_5_{make.subject('语文').pk}"] == ["语文51分钟，超过五年级每天50分钟的限量。"]
    said = refused(adopt, limits={5: 50}, shares=share("语文", 30) | share("数学", 21))
    assert said["limit_5"] == ["五年级各学科合计51分钟（语文30、数学21），超过每天50分钟的限量，请减少。"]
    adopt(limits={5: 50}, shares=share("语文", 30) | share("数学", 20))


def test_shares_without_a_limit_of_its_own_stay_within_what_holds_above(adopt):
    assert "60分钟的限量" in refused(adopt, shares=share("语文", 61))[f"share_5_{make.subject('语文').pk}"][0]
    adopt(shares=share("语文", 60))


def test_a_subject_without_homework_in_the_grade_gets_no_share(adopt):
    assert "一年级不布置英语作业" in str(refused(adopt, shares=share("英语", 0, grade=1)))


def test_the_first_version_replaces_what_the_school_had_entered_otherwise(adopt, class_group):
    unit = class_group.school.unit
    make.LocalLimitFactory(unit=unit, minutes=20, first_day=make.MONDAY)
    make.LocalLimitFactory(unit=unit, minutes=10, first_day=TOMORROW, grade=4)
    homework.set_cut_off(by=None, unit=unit, first_day=make.TODAY, until=dt.time(12))
    adopt(limits={5: 50})
    assert rules_for(class_group, YESTERDAY).limit == 20
    assert rules_for(class_group, make.TODAY).limit == 50
    assert rules_for(class_group, make.TODAY).cut_off == dt.time(18)
    assert not LocalLimit.objects.filter(minutes=10).exists()


def test_a_limit_of_a_rule_is_not_ended_by_itself(adopt):
    adopt(limits={5: 50})
    with pytest.raises(ValidationError, match="一校一策"):
        homework.end_local_limit(by=make.UserFactory(), limit=LocalLimit.objects.get(), last_day=TOMORROW)


def test_a_rule_from_an_earlier_day_is_judged_by_one_job(adopt, post):
    post("语文", 45, day=YESTERDAY)
    post("语文", 45)
    adopt(limits={5: 40, 4: 40}, first_day=make.TODAY)
    tasks.reassess(Job.objects.get().pk)
    assert list(Notice.objects.order_by("day").values_list("limit_minutes", "breached_rule")) == [
        (60, ""),
        (40, "daily_total"),
    ]


def test_what_a_version_says_is_read_back_as_it_was_adopted(adopt):
    values = {
        "title": "办法",
        "first_day": make.TODAY,
        "cut_off": dt.time(17, 30),
        "reviewed_first": True,
        "text": "不得要求家长批改作业。",
        "limits": {5: 50, 3: 30},
        "days_off": {5: 60},
        "shares": share("语文", 20) | share("数学", 15, grade=3),
    }
    assert terms_of(adopt(**values)) == Terms(**values)
    assert SubjectShare.objects.count() == 2


def test_a_text_that_a_browser_sent_back_has_not_changed(adopt):
    old = terms_of(adopt(text="一\n二"))
    new = terms_of(adopt(text="一\r\n二\r\n", first_day=TOMORROW))
    assert differences(old, new, {}) == []


def test_two_versions_are_compared_in_the_order_of_the_rule():
    old = Terms("办法", make.MONDAY, dt.time(18), limits={5: 50, 4: 40}, shares={(5, 1): 20}, text="一")
    new = Terms("新办法", make.TODAY, dt.time(17), True, "一", limits={5: 45, 4: 40}, days_off={5: 45})
    changed = [(one.what, one.old, one.new) for one in differences(old, new, {1: "语文"})]
    assert changed == [
        ("名称", "办法", "新办法"),
        ("五年级每天限量", "50分钟", "45分钟"),
        ("五年级双休日、节假日合计限量", "", "45分钟"),
        ("五年级语文每天", "20分钟", ""),
        ("公示截止时间", "18:00", "17:00"),
        ("审核方式", "即时公示，超量的由教导处审核", "先审后公示"),
    ]
    assert differences(old, old, {1: "语文"}) == []
