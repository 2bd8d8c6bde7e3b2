"""Notices judged again when rules of days gone by change: shown first, then done by a job, once."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import jobs
from accounts.models import AuditEntry, Job
from homework import services, tasks
from homework.models import CutOff, LocalLimit, Notice
from homework.services import reassess
from homework.services.reassess import Extent
from schools.models import ChangedDay
from tests import factories as make

pytestmark = pytest.mark.django_db

YESTERDAY = make.TODAY - dt.timedelta(days=1)


@pytest.fixture
def county(class_group):
    return class_group.school.unit.places.get().parent


def limit(unit, minutes, **values):
    return make.LocalLimitFactory(unit=unit, minutes=minutes, **values)


def previewed(unit, minutes, **values):
    return reassess.preview(lambda: Extent.of_limit(limit(unit, minutes, **values)))


def verdicts():
    return list(
        Notice.objects.order_by("class_group", "day").values_list(
            "limit_minutes", "breached_rule", "review", "is_on_time"
        )
    )


def run():
    """Every job that waits."""
    for job in Job.objects.unfinished().order_by("pk"):
        tasks.reassess(job.pk)


def test_a_preview_counts_what_would_change_and_writes_nothing(class_group, county, post):
    other = make.ClassGroupFactory(school=make.SchoolFactory(parent=county), number=1)
    post("语文", 45, day=YESTERDAY)
    post("语文", 41)
    post("语文", 40, class_group=other)
    ChangedDay.objects.all().delete()
    before = verdicts()
    logged = AuditEntry.objects.count()
    found = previewed(county, 40)
    assert (found.judged, found.total.changed, found.total.newly_over, found.total.over_no_more) == (3, 3, 2, 0)
    assert {str(school): changes.newly_over for school, changes in found.schools} == {
        str(class_group.school): 2,
        str(other.school): 0,
    }
    first = found.examples[0]
    assert (first.class_name, first.day, first.load, first.old_limit, first.new_limit) == (
        "五年级1班",
        YESTERDAY,
        45,
        60,
        40,
    )
    assert verdicts() == before
    assert not LocalLimit.objects.exists()
    assert not Job.objects.exists()
    assert not ChangedDay.objects.exists()
    assert AuditEntry.objects.count() == logged


def test_a_preview_counts_what_would_be_over_no_more(class_group, county, post):
    held = limit(county, 40)
    post("语文", 45, overrun_reason="复习")
    found = reassess.preview(lambda: services.end_local_limit(by=make.UserFactory(), limit=held, last_day=YESTERDAY))
    assert (found.total.over_no_more, found.total.newly_over) == (1, 0)
    held.refresh_from_db()
    assert held.last_day is None


def test_a_preview_of_a_cut_off_counts_punctuality(class_group, county, post):
    post("语文")
    post("数学")  # half past four
    found = reassess.preview(
        lambda: Extent.of_cut_off(services.set_cut_off(by=None, unit=county, first_day=make.TODAY, until=dt.time(16)))
    )
    assert (found.total.newly_late, found.total.late_no_more, found.total.newly_over) == (1, 0, 0)
    assert not CutOff.objects.exists()


def test_a_refused_rule_is_refused_in_the_preview(county):
    with pytest.raises(ValidationError, match="不得放宽"):
        previewed(county, 70)


def test_what_lies_ahead_judges_nothing(class_group, county, post):
    post("语文", 45)
    ahead = make.TODAY + dt.timedelta(days=1)
    assert previewed(county, 40, first_day=ahead).judged == 0
    limit(county, 40, first_day=ahead)
    assert not Job.objects.exists()


def test_at_most_fifty_are_shown_and_all_are_counted(class_group, county, post):
    for number in range(2, 54):
        group = make.ClassGroupFactory(school=class_group.school, number=number)
        post("语文", 45, class_group=group)
    with CaptureQueriesContext(connection) as queries:
        found = previewed(county, 40)
    assert (found.total.newly_over, len(found.examples)) == (52, 50)
    assert len(queries) < 40


def test_saving_leaves_the_judging_to_the_job(class_group, county, post):
    post("语文", 45)
    ChangedDay.objects.all().delete()
    limit(county, 40)
    assert verdicts() == [(60, "", "", False)]
    assert not ChangedDay.objects.exists()
    run()
    assert verdicts() == [(40, "daily_total", "pending", False)]
    assert list(ChangedDay.objects.values_list("school", "day")) == [(class_group.school_id, make.TODAY)]
    assert Job.objects.get().state == Job.State.DONE


def test_running_twice_changes_nothing(class_group, county, post):
    post("语文", 45)
    limit(county, 40)
    run()
    after = verdicts()
    Notice.objects.update(review="stands")
    ChangedDay.objects.all().delete()
    for _ in reassess.judge_again(Extent(county.pk, make.MONDAY, None, None)):
        pass
    assert verdicts() == [(*after[0][:2], "stands", after[0][3])]
    assert not ChangedDay.objects.exists()


def test_a_cut_off_from_an_earlier_day_judges_punctuality_again(class_group, county, post):
    post("语文")
    post("数学")
    services.set_cut_off(by=None, unit=county, first_day=make.TODAY, until=dt.time(16))
    run()
    assert Notice.objects.get().is_on_time is False


def test_a_limit_that_goes_ends_what_waited_for_it(class_group, county, post):
    held = limit(county, 40)
    post("语文", 45, overrun_reason="复习")
    services.end_local_limit(by=make.UserFactory(), limit=held, last_day=YESTERDAY)
    run()
    notice = Notice.objects.get()
    assert (notice.limit_minutes, notice.breached_rule, notice.review, notice.overrun_reason) == (60, "", "", "")


def test_killed_midway_and_sent_again_it_gives_the_same(class_group, county, post, monkeypatch):
    groups = [class_group]
    for _ in range(2):
        groups.append(make.ClassGroupFactory(school=make.SchoolFactory(parent=county), number=1))
    for group in groups:
        post("语文", 45, class_group=group)
    limit(county, 40)
    job = Job.objects.get()
    judged, really = [], reassess._judge_school

    def judge_two_then_die(school_id, extent):
        if len(judged) == 2:
            raise SystemExit  # as a worker that is shut down: the job stays "running"
        judged.append(school_id)
        really(school_id, extent)

    monkeypatch.setattr(reassess, "_judge_school", judge_two_then_die)
    with pytest.raises(SystemExit):
        tasks.reassess(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.RUNNING, 2, 3)
    assert Notice.objects.in_breach().count() == 2
    monkeypatch.setattr(reassess, "_judge_school", really)
    monkeypatch.setattr(jobs, "send", lambda job: tasks.reassess(job.pk))
    assert jobs.resend_lost(job.heartbeat_at + dt.timedelta(minutes=1)) == 1
    assert {verdict[:3] for verdict in verdicts()} == {(40, "daily_total", "pending")}
    job.refresh_from_db()
    assert (job.state, job.done, job.tries) == (Job.State.DONE, 3, 2)


def test_each_change_has_a_job_of_its_own(class_group, county, post):
    """One that runs may be past the school already."""
    post("语文", 45)
    limit(county, 50)
    limit(county, 44, first_day=make.TODAY)
    assert Job.objects.unfinished().count() == 2
    run()
    assert verdicts()[0][0] == 44


def test_the_command_does_what_the_task_does(class_group, county, post, capsys):
    post("语文", 45)
    limit(county, 40)
    call_command("reassess", unit=county.code, first=YESTERDAY)
    assert verdicts() == [(40, "daily_total", "pending", False)]
    assert "1 / 1 所学校" in capsys.readouterr().out
    with pytest.raises(CommandError, match="没有代码为1的单位"):
        call_command("reassess", unit="1", first=YESTERDAY)


def test_ten_notices_take_no_more_queries_than_one(class_group, county, post):
    post("语文", 45)
    with CaptureQueriesContext(connection) as for_one:
        list(reassess.judge_again(Extent(county.pk, make.TODAY, None, None)))
    for number in range(2, 11):
        post("语文", 45, class_group=make.ClassGroupFactory(school=class_group.school, number=number))
    with CaptureQueriesContext(connection) as for_ten:
        list(reassess.judge_again(Extent(county.pk, make.TODAY, None, None)))
    assert len(for_ten) == len(for_one)
