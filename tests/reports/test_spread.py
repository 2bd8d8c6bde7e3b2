"""How shares are spread, and what presses most: rules without a database."""

from decimal import Decimal

import pytest

from reports.spread import One, asked_number, fences, last, median_of, outliers, step_of
from reports.today import Kind, most_pressing


def shares(*values, few=()):
    return [
        One(f"{number:02}", f"校{number}", "", Decimal(str(value)), f"{value}%", "", number in few)
        for number, value in enumerate(values)
    ]


def codes(found):
    return [one.code for one in found]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("0", "不足60%"),
        ("59.99", "不足60%"),
        ("60", "60–80%"),
        ("94.99", "90–95%"),
        ("95", "95–100%"),
        ("99.99", "95–100%"),
        ("100", "100%"),
    ],
)
def test_a_share_that_should_rise_belongs_to_the_step_whose_lower_edge_it_reaches(value, name):
    assert step_of(Decimal(value), higher_is_better=True).name == name


@pytest.mark.parametrize(
    ("value", "name"), [("0", "0%"), ("0.01", "0–5%"), ("5", "0–5%"), ("5.01", "5–10%"), ("100", "超过50%")]
)
def test_a_share_that_should_fall_belongs_to_the_step_whose_upper_edge_it_keeps(value, name):
    assert step_of(Decimal(value), higher_is_better=False).name == name


def test_of_fewer_than_five_there_is_no_median():
    assert median_of([Decimal(1)] * 4) is None
    assert median_of([Decimal(value) for value in (1, 9, 2, 8, 4)]) == 4
    assert median_of([Decimal(value) for value in (1, 9, 2, 8, 4, 5)]) == Decimal("4.5")


def test_fences_lie_one_and_a_half_ranges_beyond_the_quartiles():
    # Quartiles of 80, 84, 88, 92, 96: 84 and 92.
    assert fences([Decimal(value) for value in (80, 84, 88, 92, 96)]) == (72, 104)
    assert fences([Decimal(100)] * 5) == (Decimal("98.5"), Decimal("101.5"))
    assert fences([Decimal(100)] * 4) is None


def test_an_outlier_lies_beyond_a_fence_and_a_small_denominator_is_none():
    assert codes(outliers(shares(*[100] * 8, 98.5, 98.49, 3, few=[10]))) == ["09"]
    assert outliers(shares(100, 100, 100, 0)) == []


def test_the_last_are_ranked_by_share_then_code_without_small_ones_and_the_faultless():
    found = shares(90, 40, 90, 100, 10, 95, few=[4])
    assert codes(last(found, 3, higher_is_better=True)) == ["01", "00", "02"]
    assert codes(last(shares(0, 5, 30, 5), 5, higher_is_better=False)) == ["02", "01", "03"]


@pytest.mark.parametrize(
    ("text", "n"), [("", 5), ("0", 1), ("12", 12), ("999", 50), ("9999", 5), ("-3", 5), ("²", 5), ("x", 5)]
)
def test_how_many_are_listed_is_between_one_and_fifty(text, n):
    assert asked_number(text) == n


@pytest.mark.parametrize(
    ("counts", "classes", "first"),
    [
        ({}, 10, []),
        ({Kind.OVER_LIMIT: 0}, 10, []),
        ({Kind.SILENT_TODAY: 10}, 10, [Kind.SILENT_TODAY]),
        ({Kind.SILENT_TODAY: 3, Kind.OVER_LIMIT: 1}, 10, [Kind.OVER_LIMIT, Kind.SILENT_TODAY]),
        (
            {Kind.SILENT_BEFORE: 4, Kind.FINDINGS_LATE: 1, Kind.UNCALLED: 9, Kind.RETURNS_LATE: 1},
            10,
            [Kind.FINDINGS_LATE, Kind.RETURNS_LATE, Kind.SILENT_BEFORE],
        ),
        (
            {Kind.SILENT_BEFORE: 5, Kind.FINDINGS_LATE: 1, Kind.UNCALLED: 9},
            10,
            [Kind.SILENT_BEFORE, Kind.FINDINGS_LATE, Kind.UNCALLED],
        ),
        ({Kind.RETURNS_NEAR: 1, Kind.FINDINGS_NEAR: 1}, 0, [Kind.FINDINGS_NEAR, Kind.RETURNS_NEAR]),
    ],
)
def test_at_most_three_things_press_in_their_order_and_a_silent_half_first(counts, classes, first):
    assert most_pressing(counts, classes) == first
