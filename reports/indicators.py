"""The catalogue: what each figure counts, over what, from where, against which target. Ratios are made here, last."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from django.conf import settings

Counts = Mapping[str, int]

# What a figure prints where nothing was due: neither 0% nor 100%.
NOTHING = "–"

# A school keeps the limit when at least this share (%) of its complete class-days does.
H4_SHARE: int = settings.WITHIN_LIMIT_SHARE


class Kind(StrEnum):
    """How a figure goes up the tree: by adding, or only by asking the rows again."""

    ADDITIVE = "additive"
    DISTINCT = "distinct"
    MEDIAN = "median"
    AS_OF = "as_of"


class Unit(StrEnum):
    PERCENT = "%"
    MINUTES = "分钟"
    COUNT = "个"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure: the sum `numerator` over the sum `denominator`, both names of counts."""

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

    def parts(self, counts: Counts) -> tuple[int, int]:
        return counts[self.numerator], counts[self.denominator]

    def value(self, counts: Counts) -> Decimal | None:
        """In `unit`, as precise as it is printed; None when nothing was due.

        A share that is not whole never reads 100%, and one that is not nil never reads 0%.
        """
        numerator, denominator = self.parts(counts)
        if not denominator:
            return None
        if self.unit is Unit.MINUTES:
            return _rounded(Decimal(numerator) / denominator, "0.1")
        share = _rounded(Decimal(numerator) * 100 / denominator, "0.01")
        if share == 100 and numerator < denominator:
            return Decimal("99.99")
        if share == 0 and numerator:
            return Decimal("0.01")
        return share

    def text(self, counts: Counts) -> str:
        """As printed: 71.28%, 100%, 42.5, –."""
        return self.written(self.value(counts))

    def written(self, value: Decimal | None) -> str:
        if value is None:
            return NOTHING
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
        unit = "个百分点" if self.unit is Unit.PERCENT else self.unit.value
        return f"{'上升' if new > old else '下降'}{plain(abs(new - old))}{unit}"


def _rounded(number: Decimal, step: str) -> Decimal:
    return number.quantize(Decimal(step), rounding=ROUND_HALF_UP)


def plain(number: Decimal) -> str:
    """Without trailing zeros or exponent: 71.28, 92.5, 100."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


H2 = Indicator(
    code="H2",
    name="班级日公示率",
    numerator="complete",
    denominator="classes",
    periods="DHM",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="系统计算",
    definition="当日作业公示完整的班级日数除以按校历应公示的班级日数。每个应布置作业的学科都已公示作业或报本科无作业，"
    "或者当日已报“今日无书面作业”，才算完整；未公示的班级照样计入应公示数。",
    target=Decimal(95),
)
SUBJECTS_SPOKEN = Indicator(
    code="H2a",
    name="学科填报率",
    numerator="subjects_spoken",
    denominator="subjects_due",
    periods="DHM",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="系统计算",
    definition="已公示作业或报本科无作业的学科数除以应填报的学科数，按班级日累计；与班级日公示率对照看。",
)
H3 = Indicator(
    code="H3",
    name="按时公示率",
    numerator="on_time",
    denominator="classes",
    periods="H",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="系统计算",
    definition="在当地规定的截止时间前公示完整的班级日数除以应公示的班级日数；没有规定截止时间的，当日24时前为按时。",
    target=Decimal(90),
)
H4 = Indicator(
    code="H4",
    name="作业时间控制达标学校占比",
    numerator="schools_within",
    denominator="schools",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="教育部半月通报第2项",
    definition=f"公示完整的班级日中，书面作业不超限的占{H4_SHARE}%及以上的学校为达标；达标学校数除以本期有上课日的学校数。"
    "整期没有一个完整班级日的学校不达标。期内调整隶属关系的学校，在前后两地各按所在日期计一次。",
    target=Decimal(100),
)
H5 = Indicator(
    code="H5",
    name="班级日超限率",
    numerator="over_limit",
    denominator="judged",
    periods="DH",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="教基厅函〔2021〕13号",
    definition="书面作业超过规定时间的班级日数除以公示完整的平日班级日数。时间取分层作业中最重一层的书面家庭作业之和；"
    "正好等于规定时间的不算超限。周末和节假日作业另计，不在其内。",
    target=Decimal(0),
    higher_is_better=False,
)
H6 = Indicator(
    code="H6",
    name="日均书面作业时长",
    numerator="written_minutes",
    denominator="judged",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.MINUTES,
    source="教基厅函〔2021〕13号",
    definition="公示完整的平日班级日书面作业分钟数之和除以其班级日数，分年级计算；按教师公示的预计用时。",
    higher_is_better=False,
)

CATALOGUE = (H2, SUBJECTS_SPOKEN, H3, H4, H5, H6)
BY_CODE = {indicator.code: indicator for indicator in CATALOGUE}

# What a report's summary, its tables and its list of shortfalls show.
KEY_FIGURES = (H2, SUBJECTS_SPOKEN, H3, H4, H5)
ROW_FIGURES = (H2, H3, H4, H5)
SCHOOL_FIGURES = (H2, H3, H5)
