"""The rules of homework at their boundaries, without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homework import policy
from homework.policy import Breach, Kind, Layer, Place, Rule, Work

DAY = dt.date(2026, 10, 14)
NOON = dt.time(12)

works = st.builds(
    Work, st.sampled_from(Kind), st.sampled_from(Place), st.sampled_from(Layer), st.integers(min_value=0, max_value=240)
)


def written(minutes, layer=Layer.ALL):
    return Work(Kind.WRITTEN, Place.HOME, layer, minutes)


@pytest.mark.parametrize(
    ("minutes", "limit", "verdict"),
    [
        (0, 0, None),
        (1, 0, Breach(Rule.NO_WRITTEN_WORK, limit=0, actual=1)),
        (60, 60, None),  # exactly at the limit is within it
        (61, 60, Breach(Rule.DAILY_TOTAL, limit=60, actual=61)),
        (90, 90, None),
        (91, 90, Breach(Rule.DAILY_TOTAL, limit=90, actual=91)),
    ],
)
def test_the_limit_itself_is_within_it(minutes, limit, verdict):
    assert policy.check_load(minutes, limit) == verdict


@pytest.mark.parametrize(
    ("set_work", "minutes"),
    [
        ([], 0),
        ([written(20), written(15)], 35),
        ([written(20), written(10, Layer.BASIC), written(25, Layer.HIGHER)], 45),
        ([written(10, Layer.BASIC), written(10, Layer.HIGHER), written(10, Layer.EXTENDED)], 10),
        ([Work(Kind.WRITTEN, Place.SCHOOL, Layer.ALL, 40)], 0),
        ([Work(Kind.READING, Place.HOME, Layer.ALL, 40), written(5)], 5),
    ],
)
def test_the_load_is_the_heaviest_layers_written_work_at_home(set_work, minutes):
    assert policy.load(set_work) == minutes


@given(st.lists(works))
def test_no_layer_has_more_than_the_load_and_one_has_it(set_work):
    layers = policy.load_by_layer(set_work)
    assert set(layers) == set(Layer) - {Layer.ALL}
    assert max(layers.values()) == policy.load(set_work)


@given(st.lists(works), works)
def test_more_work_never_lightens_the_load_and_adds_at_most_its_own_minutes(set_work, more):
    before, after = policy.load(set_work), policy.load([*set_work, more])
    assert before <= after <= before + more.minutes


@given(st.lists(works))
def test_only_written_work_at_home_counts(set_work):
    counted = [work for work in set_work if (work.kind, work.place) == (Kind.WRITTEN, Place.HOME)]
    assert policy.load(set_work) == policy.load(counted)


@given(st.lists(works), st.lists(works))
def test_work_for_everybody_counts_in_each_layer(set_work, more):
    for_all = [Work(work.kind, work.place, Layer.ALL, work.minutes) for work in more]
    assert policy.load([*set_work, *for_all]) == policy.load(set_work) + policy.load(for_all)


@pytest.mark.parametrize(
    ("stage", "grade", "minutes"),
    [
        ("primary", 1, 0),
        ("primary", 2, 0),
        ("primary", 3, 60),
        ("primary", 6, 60),
        ("junior", 6, 90),
        ("junior", 9, 90),
    ],
)
def test_national_limits(stage, grade, minutes):
    assert policy.national_limit(stage, grade, DAY).minutes == minutes


@pytest.mark.parametrize(("stage", "grade"), [("primary", 7), ("junior", 5), ("primary", 0), ("junior", 10)])
def test_there_is_no_limit_for_a_grade_outside_its_stage(stage, grade):
    with pytest.raises(policy.NoLimitKnownError):
        policy.national_limit(stage, grade, DAY)


def test_before_the_opinion_there_was_no_limit():
    with pytest.raises(policy.NoLimitKnownError):
        policy.national_limit("primary", 3, dt.date(2021, 7, 23))
    assert policy.national_limit("primary", 3, dt.date(2021, 7, 24)).minutes == 60


def test_each_national_limit_names_its_document_and_clause():
    assert all(limit.document and limit.clause and limit.issued_by for limit in policy.national_limits())
    assert len({limit.id for limit in policy.national_limits()}) == len(policy.national_limits())


@given(st.integers(0, 240), st.lists(st.integers(0, 240)))
def test_local_rules_can_only_tighten(national, local):
    assert policy.strictest(national, local) <= national


@pytest.mark.parametrize(
    ("due", "spoken", "is_closed", "complete"),
    [
        ({1, 2}, {1, 2}, False, True),
        ({1, 2}, {1}, False, False),
        ({1, 2}, {1, 2, 3}, False, True),
        ({1, 2}, set(), True, True),
        (set(), set(), False, False),  # nobody due and nobody spoke: nothing is known
        (set(), {3}, False, True),
    ],
)
def test_a_day_is_complete_when_each_subject_has_spoken_or_it_is_closed(due, spoken, is_closed, complete):
    assert policy.is_complete(due=due, spoken=spoken, is_closed=is_closed) is complete


@pytest.mark.parametrize(
    ("completed_at", "cut_off", "on_time"),
    [
        (None, NOON, False),
        (dt.datetime(2026, 10, 14, 12, 0, 59), NOON, True),  # noqa: DTZ001 (local wall time)
        (dt.datetime(2026, 10, 14, 12, 1), NOON, False),  # noqa: DTZ001
        (dt.datetime(2026, 10, 14, 23, 59), None, True),  # noqa: DTZ001
        (dt.datetime(2026, 10, 15, 0, 0), None, False),  # noqa: DTZ001
        (dt.datetime(2026, 10, 15, 8, 0), NOON, False),  # noqa: DTZ001
    ],
)
def test_the_cut_offs_own_minute_is_still_in_time(completed_at, cut_off, on_time):
    assert policy.is_on_time(completed_at, DAY, cut_off) is on_time
