"""How figures are made from sums and how they are written."""

from decimal import Decimal

import pytest

from reports.indicators import BY_CODE, CATALOGUE, H2, H5, H6
from reports.models import HomeworkTally
from reports.tables import SCHOOL_COUNTS, SHORT_NAMES


def h2(complete: int, classes: int) -> dict[str, int]:
    return {"complete": complete, "classes": classes}


@pytest.mark.parametrize(
    ("complete", "classes", "text"),
    [
        (0, 0, "–"),
        (0, 7, "0%"),
        (7, 7, "100%"),
        (1, 2, "50%"),
        (1, 3, "33.33%"),
        (2, 3, "66.67%"),
        (1, 8, "12.5%"),
        (1, 800, "0.13%"),  # 0.125 goes up
    ],
)
def test_a_share_has_two_decimals_and_no_trailing_zeros(complete, classes, text):
    assert H2.text(h2(complete, classes)) == text


def test_a_share_that_is_not_whole_never_reads_100_and_one_that_is_not_nil_never_0():
    assert H2.text(h2(999_999, 1_000_000)) == "99.99%"
    assert H2.text(h2(1, 1_000_000)) == "0.01%"


def test_nothing_due_is_no_value_and_misses_no_target():
    assert H2.value(h2(0, 0)) is None
    assert not H2.misses(h2(0, 0))


def test_a_target_is_missed_by_the_exact_share_not_the_rounded_one():
    assert not H2.misses(h2(95, 100))
    assert H2.text(h2(949_999, 1_000_000)) == "95%"
    assert H2.misses(h2(949_999, 1_000_000))


def test_a_target_of_nil_is_missed_by_a_single_breach():
    assert H5.misses({"over_limit": 1, "judged": 1000})
    assert not H5.misses({"over_limit": 0, "judged": 1000})


def test_minutes_have_one_decimal():
    assert H6.text({"written_minutes": 100, "judged": 3}) == "33.3"
    assert H6.text({"written_minutes": 120, "judged": 3}) == "40"


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ((3, 4), (1, 2), "上升25个百分点"),
        ((1, 3), (1, 2), "下降16.67个百分点"),
        ((1, 2), (2, 4), "持平"),
        ((1, 2), (0, 0), "–"),
    ],
)
def test_a_change_is_said_in_words(now, before, words):
    assert H2.change(h2(*now), h2(*before)) == words


def test_targets_are_written_as_the_catalogue_has_them():
    assert {code: indicator.target_text() for code, indicator in BY_CODE.items()} == {
        "H1": "100%",
        "H2": "≥95%",
        "H2a": "–",
        "H3": "≥90%",
        "H4": "100%",
        "H5": "0%",
        "H6": "–",
        "H7": "100%",
        "H8": "≥90%",
        "H9": "≤10",
        "H10": "100%",
        "H11": "–",
        "H12": "0",
        "A1": "100%",
        "A2": "100%",
        "A3": "–",
        "A4": "–",
        "A5": "–",
        "A6": "–",
        "A11": "–",
        "A11a": "–",
        "T1": "–",
        "T1a": "–",
        "T2": "100%",
        "T3": "100%",
        "T4": "100%",
        "T5": "100%",
        "T6": "100%",
        "T7": "100%",
        "T7a": "100%",
        "T7b": "100%",
        "T8": "–",
        "T8a": "–",
        "T9": "0",
        "T10": "100%",
        "T11": "100%",
        "T11a": "–",
        "T12": "–",
        "T12a": "–",
        "T12b": "–",
        "T13": "100%",
        "T13a": "–",
        "T13b": "–",
        "I2": "≥95%",
        "I3": "–",
        "I3a": "0",
        "I3b": "–",
        "I4": "–",
        "I5": "–",
        "C1": "–",
        "C2": "–",
        "C2a": "–",
        "C2b": "–",
    }


def test_every_indicator_says_how_it_is_counted():
    assert all(indicator.definition and indicator.source and indicator.periods for indicator in CATALOGUE)
    assert all(
        indicator.value({indicator.numerator: 1, indicator.denominator: 1})
        in (100, Decimal(1), Decimal("0.5"), Decimal(0))
        for indicator in CATALOGUE
    )


def test_every_count_of_the_sums_has_a_heading_and_every_short_name_an_indicator():
    assert set(SCHOOL_COUNTS) == set(HomeworkTally.COUNTS)
    assert set(SHORT_NAMES) <= set(BY_CODE)
