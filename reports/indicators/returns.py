"""The figures of returns: whether they came, and in time."""

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
    source="DHIS2",
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
    source="DHIS2",
    definition="第一次报送不晚于截止日的单位数除以应报送的单位数；由文件导入、没有报送日期的不算按时。",
    target=Decimal(95),
)
