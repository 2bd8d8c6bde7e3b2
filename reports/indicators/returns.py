"""The figures of returns: whether they came, and in time, what was mended later, what the records do not bear out."""

from decimal import Decimal

from reports.indicators.figure import Indicator, Kind, Unit

COMPLETE = Indicator(
    code="R1",
    name="上报完整率",
    numerator="actual",
    denominator="expected",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="上报管理通行口径",
    definition="已报送（含已接收）的单位数除以应报送的单位数；退回未重报的不算。",
    target=Decimal(100),
)
IN_TIME = Indicator(
    code="R2",
    name="上报及时率",
    numerator="on_time",
    denominator="expected",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="上报管理通行口径",
    definition="第一次报送不晚于截止日的单位数除以应报送的单位数；由文件导入、没有报送日期的不算按时。",
    target=Decimal(95),
)
RESTATED = Indicator(
    code="R3",
    name="上报更正率",
    numerator="reopened",
    denominator="actual",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="系统计算",
    definition="接收以后开锁改过的上报数除以已报送的上报数。不设目标：改正错误是应该的。",
)
DIFFERENCES = Indicator(
    code="R4",
    name="申报—计算差异数",
    numerator="differences",
    denominator="",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.COUNT,
    source="系统计算",
    definition="学校申报的第1至5项中与系统计算不一致的项数之和；系统里没有本期上课日的学校不计。",
    target=Decimal(0),
    higher_is_better=False,
)

RETURNS = (COMPLETE, IN_TIME, RESTATED, DIFFERENCES)
