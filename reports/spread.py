"""How the shares of many schools are spread: bands, median, outliers, the last few. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median, quantiles

# With fewer a median would tell of single schools.
LEAST_FOR_MEDIAN = 5
# Whiskers of a box plot; where all are nearly alike, a point of a per cent is no outlier.
REACH, LEAST_SPREAD = Decimal("1.5"), Decimal(1)
MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class Step:
    """A band of shares in per cent. Of one where more is better the lower edge belongs to it, of others the upper."""

    name: str
    low: Decimal
    high: Decimal
    color: str
    tone: str  # names a shade of a table's cell


@dataclass(frozen=True, slots=True)
class One:
    """A school's share, with the counts behind it. A small one is neither ranked nor judged."""

    code: str
    name: str
    above: str  # the county's name on a city's page
    value: Decimal
    text: str
    parts: str
    is_few: bool


# From bad to good, darker the worse, so that a grey print says the same.
BAD_TO_GOOD = (
    ("#a8455a", "worst"),
    ("#cf8580", "bad"),
    ("#e8bfa4", "short"),
    ("#f6e6c5", "near"),
    ("#e3f2ea", "good"),
    ("#c3e3d2", "best"),
)
RISING = (
    ("不足60%", 0, 60),
    ("60–80%", 60, 80),
    ("80–90%", 80, 90),
    ("90–95%", 90, 95),
    ("95–100%", 95, 100),
    ("100%", 100, 101),
)
FALLING = (
    ("超过50%", 50, 100),
    ("20–50%", 20, 50),
    ("10–20%", 10, 20),
    ("5–10%", 5, 10),
    ("0–5%", 0, 5),
    ("0%", -1, 0),
)


def steps(*, higher_is_better: bool) -> list[Step]:
    """From bad to good."""
    edges = RISING if higher_is_better else FALLING
    return [
        Step(name, Decimal(low), Decimal(high), color, tone)
        for (name, low, high), (color, tone) in zip(edges, BAD_TO_GOOD, strict=True)
    ]


def step_of(value: Decimal, *, higher_is_better: bool) -> Step:
    """The step in which a share from 0 to 100 lies."""
    return next(
        step
        for step in steps(higher_is_better=higher_is_better)
        if (step.low <= value < step.high if higher_is_better else step.low < value <= step.high)
    )


def median_of(values: Sequence[Decimal]) -> Decimal | None:
    """None of fewer than LEAST_FOR_MEDIAN."""
    return Decimal(median(values)) if len(values) >= LEAST_FOR_MEDIAN else None


def fences(values: Sequence[Decimal]) -> tuple[Decimal, Decimal] | None:
    """Beyond which a share is an outlier: the quartiles less and plus 1.5 times the range between them.

    None of fewer than LEAST_FOR_MEDIAN.
    """
    if len(values) < LEAST_FOR_MEDIAN:
        return None
    low, _, high = quantiles(values, n=4, method="inclusive")
    reach = REACH * max(high - low, LEAST_SPREAD)
    return low - reach, high + reach


def outliers(schools: Sequence[One]) -> list[One]:
    """In the order given; small denominators neither make the quartiles nor lie outside them."""
    judged = [one for one in schools if not one.is_few]
    found = fences([one.value for one in judged])
    return [one for one in judged if not found[0] <= one.value <= found[1]] if found else []


def last(schools: Sequence[One], n: int, *, higher_is_better: bool) -> list[One]:
    """The worst first, equals by code; neither small denominators nor those that nothing is wanting of."""
    best = Decimal(100 if higher_is_better else 0)
    ranked = [one for one in schools if not one.is_few and one.value != best]
    return sorted(ranked, key=lambda one: (one.value if higher_is_better else -one.value, one.code))[:n]


def asked_number(text: str) -> int:
    """How many to list: 1 to MOST_LISTED, 5 unless asked otherwise."""
    asked = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 5
    return min(max(asked, 1), MOST_LISTED)
