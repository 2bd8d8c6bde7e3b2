"""What a figure is: the names of what it counts and over what. Ratios are made here, last."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

Counts = Mapping[str, int]

# What a figure prints where nothing was due: neither 0% nor 100%.
NOTHING = "–"


class Kind(StrEnum):
    """How a figure goes up the tree: by adding, or only by asking the rows again."""

    ADDITIVE = "additive"
    DISTINCT = "distinct"
    MEDIAN = "median"
    AS_OF = "as_of"


class Unit(StrEnum):
    PERCENT = "%"
    MINUTES = "分钟"
    COUNT = "件"
    KINDS = "类"
    GROUPS = "个"
    FINDINGS = "个问题"
    LETTERS = "份"
    DAYS = "天"
    A_SCHOOL = "个/校"
    WAN_YUAN = "万元"  # counted in 分
    YES_NO = "是否"  # 1 or 0
    MOVEMENTS = "笔"
    CONTRACTS = "份合同"
    CASES = "起"
    PERSONS = "人次"
    SECONDS = "秒"
    FIELDS = "项"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure: the sum `numerator` over the sum `denominator`, both names of counts.

    A median's numerator is twice the median, which is whole where its values are, and its denominator the number of
    values. A count has no denominator.
    """

    code: str
    name: str
    numerator: str
    denominator: str
    periods: str  # letters of the catalogue: D day, H half-month, M month
    kind: Kind
    unit: Unit
    source: str
    definition: str
    target: Decimal | None = None  # in `unit`
    higher_is_better: bool = True

    def is_in(self, counts: Counts) -> bool:
        """Whether these counts know it: a report issued before the figure was introduced does not."""
        return self.numerator in counts

    def parts(self, counts: Counts) -> tuple[int, int]:
        """Numerator and denominator of the value; 1 below a count, 2 below a median's double, 0 where there is none."""
        numerator = counts[self.numerator]
        if not self.denominator:
            return numerator, 1
        denominator = counts[self.denominator]
        if self.kind is Kind.MEDIAN:
            return numerator, 2 if denominator else 0
        return numerator, denominator

    def parts_text(self, counts: Counts) -> str:
        """What stands behind the value, as printed: 12/34, 34份."""
        if not self.denominator:
            return NOTHING
        if self.kind is Kind.MEDIAN:
            return f"{counts[self.denominator]}份"
        return f"{counts[self.numerator]}/{counts[self.denominator]}"

    def value(self, counts: Counts) -> Decimal | None:
        """In `unit`, as precise as it is printed; None when nothing was due.

        A share that is not whole never reads 100%, and one that is not nil never reads 0%.
        """
        numerator, denominator = self.parts(counts)
        if not denominator:
            return None
        if self.unit is Unit.WAN_YUAN:
            return _rounded(Decimal(numerator) / 1_000_000, "0.01")
        if not self.denominator:
            return Decimal(numerator)
        if self.unit in (Unit.MINUTES, Unit.DAYS, Unit.A_SCHOOL, Unit.SECONDS, Unit.FIELDS):
            return _rounded(Decimal(numerator) / denominator, "0.1")
        return percent(numerator, denominator, 2)

    def text(self, counts: Counts) -> str:
        """As printed: 71.28%, 100%, 42.5, –."""
        return self.written(self.value(counts))

    def written(self, value: Decimal | None) -> str:
        if value is None:
            return NOTHING
        if self.unit is Unit.YES_NO:
            return "是" if value else "否"
        return plain(value) + ("%" if self.unit is Unit.PERCENT else "")

    def misses(self, counts: Counts) -> bool:
        """Whether the exact share falls short of the target; False where nothing was due or no target is set."""
        numerator, denominator = self.parts(counts)
        if not denominator or self.target is None:
            return False
        exact = Decimal(numerator) * (100 if self.unit is Unit.PERCENT else 1)
        wanted = self.target * denominator
        return exact < wanted if self.higher_is_better else exact > wanted

    def target_text(self) -> str:
        if self.target is None:
            return NOTHING
        written = self.written(self.target)
        if self.target in (0, 100):
            return written
        return f"≥{written}" if self.higher_is_better else f"≤{written}"

    def change(self, now: Counts, before: Counts) -> str:
        """In words an office uses: 上升1.2个百分点, 下降3分钟, 持平; – where one side is unknown."""
        new, old = self.value(now), self.value(before)
        if new is None or old is None:
            return NOTHING
        if new == old:
            return "持平"
        if self.unit is Unit.YES_NO:
            return f"改为{self.written(new)}"
        unit = "个百分点" if self.unit is Unit.PERCENT else self.unit.value
        return f"{'上升' if new > old else '下降'}{plain(abs(new - old))}{unit}"


def percent(part: int, whole: int, decimals: int) -> Decimal:
    """The share in per cent, rounded half up to so many decimals; `whole` is not 0.

    A share that is not whole never reads 100, and one that is not nil never reads 0.
    """
    step = Decimal(1).scaleb(-decimals)
    share = _rounded(Decimal(part) * 100 / whole, str(step))
    if share == 100 and part < whole:
        return share - step
    return step if share == 0 and part else share


def _rounded(number: Decimal, step: str) -> Decimal:
    return number.quantize(Decimal(step), rounding=ROUND_HALF_UP)


def plain(number: Decimal) -> str:
    """Without trailing zeros or exponent: 71.28, 92.5, 100."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
