"""What families' answers give: medians, shares, and nothing below five answers."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from homework import samples
from homework.models import Notice, TimeSample
from tests import factories as make

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2026, 10, 1), dt.date(2026, 10, 31)


@pytest.fixture
def hear():
    """`hear(notice, (30, True), …)`: a family's answer each, of minutes and whether it was finished."""

    def answer(notice: Notice, *said: tuple[int, bool]) -> None:
        start = TimeSample.objects.count()
        TimeSample.objects.bulk_create(
            TimeSample(
                notice=notice,
                school_id=notice.school_id,
                minutes=minutes,
                finished=finished,
                given_on=make.TODAY,
                device=f"{start + number}",
            )
            for number, (minutes, finished) in enumerate(said)
        )

    return answer


def on_paper(notice: Notice, minutes: int, answers: int, *, finished: bool = True) -> None:
    TimeSample.objects.create(
        notice=notice,
        school_id=notice.school_id,
        minutes=minutes,
        finished=finished,
        answers=answers,
        given_on=make.TODAY,
        entered_by=make.UserFactory(),
    )


def of_school(notice: Notice, first_day=FIRST, last_day=LAST):
    return samples.sample_figures([notice.school_id], first_day, last_day).get(notice.school_id)


def test_four_answers_about_a_notice_are_not_shown_and_five_are(post, hear):
    notice = post().notice
    hear(notice, (10, True), (20, True), (30, False), (40, True))
    assert samples.shown([notice.pk]) == {}
    hear(notice, (90, True))
    assert samples.shown([notice.pk]) == {notice.pk: (5, 30, 4)}


def test_pupils_counted_from_paper_count_one_each(post, hear):
    notice = post().notice
    hear(notice, (10, True))
    on_paper(notice, 50, answers=3, finished=False)
    assert samples.shown([notice.pk]) == {}
    on_paper(notice, 60, answers=1)
    # 10, 50, 50, 50, 60
    assert samples.shown([notice.pk]) == {notice.pk: (5, 50, 2)}


def test_the_median_lies_between_the_two_in_the_middle(post, hear):
    notice = post().notice
    hear(notice, (10, True), (20, True), (25, True), (30, True), (40, True), (50, True))
    assert samples.shown([notice.pk])[notice.pk].median == 27.5


def test_finished_within_the_limit_counts_what_lies_exactly_on_it(post, hear):
    notice = post(minutes=40).notice  # the limit is 60
    hear(notice, (60, True), (61, True), (60, False), (0, True), (30, True))
    figures = of_school(notice)
    assert (figures.answers, figures.finished, figures.judged, figures.in_limit) == (5, 4, 5, 3)


def test_the_difference_is_taken_answer_by_answer_over_several_notices(class_group, post, hear):
    short = post(minutes=10, day=dt.date(2026, 10, 13)).notice
    long = post(minutes=50).notice
    hear(short, (40, True), (30, True), (20, True))  # 30, 20 and 10 more than declared
    hear(long, (50, True), (45, True))  # 0 more and 5 less
    figures = of_school(long)
    assert (figures.declared, figures.experienced, figures.difference) == (10, 40, 10)


def test_a_grade_without_written_work_at_home_has_no_limit_to_finish_in(class_group, hear):
    first_grade = make.ClassGroupFactory(school=class_group.school, entry_year=2026, first_day=dt.date(2026, 9, 1))
    notice = make.ItemFactory(class_group=first_grade, kind="oral").notice
    assert notice.limit_minutes == 0
    hear(notice, *[(15, True)] * 5)
    figures = of_school(notice)
    assert (figures.judged, figures.in_limit, figures.difference) == (0, 0, 15)
    assert figures.is_shown
    assert not figures.in_limit_is_shown


def test_only_the_days_asked_for_count_both_ends_included(post, hear):
    notice = post().notice
    hear(notice, (20, True))
    assert of_school(notice, make.TODAY, make.TODAY).answers == 1
    assert of_school(notice, FIRST, make.TODAY - dt.timedelta(days=1)) is None
    assert of_school(notice, make.TODAY + dt.timedelta(days=1), LAST) is None


def test_a_subject_has_the_answers_of_the_days_on_which_it_set_written_work_for_home(class_group, post, hear):
    both = post("语文", minutes=10).notice
    post("语文", minutes=10)
    post("数学", minutes=20, kind="oral")
    maths = post("数学", minutes=30, day=dt.date(2026, 10, 13)).notice
    taken_back = post("语文", minutes=5, day=dt.date(2026, 10, 13))
    type(taken_back).objects.filter(pk=taken_back.pk).update(
        withdrawn_at=taken_back.posted_at, withdrawn_by=taken_back.posted_by
    )
    hear(both, (20, True), (20, True))
    hear(maths, (30, True))
    figures = samples.figures_of_school(class_group.school_id, FIRST, LAST)
    chinese, arithmetic = make.subject("语文").pk, make.subject("数学").pk
    assert {pk: row.answers for pk, row in figures.subjects.items()} == {chinese: 2, arithmetic: 1}
    assert (figures.classes[class_group.pk].answers, figures.school.answers) == (3, 3)
    assert not figures.school.is_shown


def test_a_county_s_median_is_that_of_all_its_answers_not_one_of_medians(class_group, post, hear):
    elsewhere = make.ClassGroupFactory()
    make.TermFactory(unit=elsewhere.school.unit.places.get().parent)
    one = post(minutes=10).notice
    other = make.ItemFactory(class_group=elsewhere, minutes=10).notice
    hear(one, (10, True))
    hear(other, (50, True), (60, True), (70, True), (80, True))
    assert one.school_id != other.school_id
    ids = [one.school_id, other.school_id]
    figures = samples.pooled_figures({"county": ids, "one": ids[:1], "nobody": []}, FIRST, LAST)
    assert figures["county"].answers == 5
    assert figures["county"].difference == 50
    assert figures["one"].difference == 0
    assert "nobody" not in figures
    assert samples.sample_figures(ids, FIRST, LAST)[other.school_id].experienced == 65


def test_any_number_of_schools_is_one_query(class_group):
    schools = [class_group.school_id, *range(900, 904)]
    with CaptureQueriesContext(connection) as queries:
        samples.sample_figures(schools, FIRST, LAST)
    assert len(queries) == 1
