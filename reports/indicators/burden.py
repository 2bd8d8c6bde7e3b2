"""The figures of filling in: how long it takes, of schools that share their sums. For no target and no ranking."""

from reports.indicators.figure import Indicator, Kind, Unit

SOURCE = "教师厅〔2025〕2号"
EACH = Indicator(
    code="R5",
    name="每份填报平均用时",
    numerator="burden_seconds",
    denominator="burden_filled",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.SECONDS,
    source=SOURCE,
    definition="从第一次点进表单到送出的秒数之和除以份数，停顿超过2分钟的时间不计。"
    "在浏览器里汇总后送出，不带姓名和账号，只有学校自愿开启的才有。一周按周日所在日期计入本期。",
    higher_is_better=False,
)
A_WEEK = Indicator(
    code="R5a",
    name="每人每周每类表用时",
    numerator="burden_seconds",
    denominator="burden_devices",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.SECONDS,
    source=SOURCE,
    definition="填报秒数之和除以填报的设备数，每类表、每周各计一次。系统不知道是谁，一台设备算一人。",
    higher_is_better=False,
)
FIELDS = Indicator(
    code="R5b",
    name="每份要填的项数",
    numerator="burden_fields",
    denominator="burden_filled",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.FIELDS,
    source=SOURCE,
    definition="表单上要填、要选的项数之和除以份数。",
    higher_is_better=False,
)
BURDEN = (EACH, A_WEEK, FIELDS)
