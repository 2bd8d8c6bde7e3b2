"""The figures of oversight: findings put right, visits, letters, complaints."""

from decimal import Decimal

from reports.indicators.figure import Indicator, Kind, Unit

I2 = Indicator(
    code="I2",
    name="问题整改完成率",
    numerator="findings_due_closed",
    denominator="findings_due",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="系统计算",
    definition="整改期限在本期内的问题中，到统计末日已销号的比例。同意延期的按新的期限。",
    target=Decimal(95),
)
I3 = Indicator(
    code="I3",
    name="按期整改率",
    numerator="findings_in_time",
    denominator="findings_due",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="系统计算",
    definition="整改期限在本期内的问题中，在期限内报送整改、到统计末日已销号的比例；立行立改的算按期。"
    "等待核查的时间不算责任单位的。不设目标。",
)
OVERDUE = Indicator(
    code="I3a",
    name="超期未整改问题数",
    numerator="findings_overdue",
    denominator="",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.FINDINGS,
    source="系统计算",
    definition="统计末日已过整改期限、责任单位还没有报送整改的问题数。",
    target=Decimal(0),
    higher_is_better=False,
)
RECURRENCE = Indicator(
    code="I3b",
    name="问题复发率",
    numerator="findings_reopened",
    denominator="findings_closings",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="系统计算",
    definition="本期复发、重新立项的次数除以本期销号的次数。不设目标。",
)
I4 = Indicator(
    code="I4",
    name="校均问题数",
    numerator="findings_of_visits",
    denominator="schools_visited",
    periods="M",
    kind=Kind.DISTINCT,
    unit=Unit.A_SCHOOL,
    source="系统计算",
    definition="本期到校督导发现的问题数除以本期到过的学校数；一所学校去几次只算一所。供参考，不设目标。",
)
I5 = Indicator(
    code="I5",
    name="整改建议书份数",
    numerator="letters_advice",
    denominator="",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.LETTERS,
    source="系统计算",
    definition="本期签发的整改建议书份数。",
)
C1 = Indicator(
    code="C1",
    name="举报办结率",
    numerator="complaints_closed",
    denominator="complaints_received",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="教育部半月通报第17、18项",
    definition="本期收到的举报中，到统计末日已办结（含不予受理）的比例。在办理期限以内的还会办结，不设目标。",
)
C2 = Indicator(
    code="C2",
    name="举报平均办理时长",
    numerator="complaint_days",
    denominator="complaints_closed",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.DAYS,
    source="系统计算",
    definition="本期收到、到统计末日已办结的举报，从收到到办结平均的天数（自然日）。不设目标。",
)
REPEATED = Indicator(
    code="C2a",
    name="重复举报率",
    numerator="complaints_repeated",
    denominator="complaints_received",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="系统计算",
    definition="本期收到的举报中，认定为重复举报的比例。不设目标。",
)
SATISFIED = Indicator(
    code="C2b",
    name="举报人满意率",
    numerator="complaints_satisfied",
    denominator="complaints_rated",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="系统计算",
    definition="本期收到的举报中，举报人评价为满意的除以作了评价的。没有评价的不计。不设目标。",
)

FINDINGS = (I2, I3, OVERDUE, RECURRENCE, I4, I5)
COMPLAINTS = (C1, C2, REPEATED, SATISFIED)
OVERSIGHT = (*FINDINGS, *COMPLAINTS)

# What a report states: every period, and months only.
ALWAYS = (I2, I3, OVERDUE, C1)
OF_MONTHS = (RECURRENCE, I4, I5, C2, REPEATED, SATISFIED)
