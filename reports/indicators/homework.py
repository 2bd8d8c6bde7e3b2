"""The figures of homework: what each counts, over what, from where, against which target."""

from decimal import Decimal

from django.conf import settings

from homework.samples import LEAST_ANSWERS
from reports.indicators.figure import Indicator, Kind, Unit

# A school keeps the limit when at least this share (%) of its complete class-days does.
H4_SHARE: int = settings.WITHIN_LIMIT_SHARE

H1 = Indicator(
    code="H1",
    name="建立作业公示制度学校占比",
    numerator="schools_with_rule",
    denominator="schools_open",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第1项",
    definition="统计末日本校作业管理办法（一校一策）正在施行的学校数，除以当日在办的义务教育学校数。"
    "没有在系统中登记办法的，不论是否公示，都不计入。",
    target=Decimal(100),
)
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

H7 = Indicator(
    code="H7",
    name="不给家长布置或要求批改作业学校占比",
    numerator="schools_sparing_parents",
    denominator="schools_open",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第3项",
    definition="本期没有一件“要求家长批改”的家长反馈经学校答复属实、也没有一件同类举报经教育局查实（含部分属实）的学校数，"
    "除以统计末日在办的义务教育学校数。"
    "按答复属实的日期计入本期；尚未答复或答复不属实的不计。",
    target=Decimal(100),
)
H8 = Indicator(
    code="H8",
    name="学生规定时间内完成率",
    numerator="answers_in_time",
    denominator="answers_with_limit",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="家庭实际用时抽样",
    definition="实际用时抽样中，做完且用时不超过当日规定时间的份数除以份数；规定书面作业为零的年级不计。"
    f"自愿填报，只作参考。不足{LEAST_ANSWERS}份的单位不列数字，但计入上一级。",
    target=Decimal(90),
)
H9 = Indicator(
    code="H9",
    name="申报—实际时长差",
    numerator="gap_doubled",
    denominator="gap_answers",
    periods="M",
    kind=Kind.MEDIAN,
    unit=Unit.MINUTES,
    source="家庭实际用时抽样",
    definition="每份实际用时减去当日公示的书面作业时长，取全部份数的中位数，正数表示实际比公示的长；"
    f"县、市取辖区全部份数的中位数，不是各校中位数的平均。不足{LEAST_ANSWERS}份的单位不列数字，但计入上一级。",
    target=Decimal(10),
    higher_is_better=False,
)
H10 = Indicator(
    code="H10",
    name="周末节假日作业达标率",
    numerator="days_off_within",
    denominator="days_off",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="教基厅函〔2021〕13号",
    definition="周末和节假日前公示完整的班级日中，书面作业不超限的除以总数。"
    "一次公示管到假日最后一天，按当地双休日、节假日规定判断；没有规定的，合计不超过一天的限量。",
    target=Decimal(100),
)
H11 = Indicator(
    code="H11",
    name="无作业日落实率",
    numerator="class_weeks_with_none",
    denominator="class_weeks",
    periods="M",
    kind=Kind.DISTINCT,
    unit=Unit.PERCENT,
    source="鼓励性指标",
    definition="一周（周一至周日，按周日所在日期计入本期）内至少有一个上课日公示完整且书面作业为零的班级周数除以有上课日的班级周数。"
    "规定不布置书面家庭作业的年级不计。各地鼓励、不作统一要求，不设目标。",
)
H12 = Indicator(
    code="H12",
    name="机械重复、惩罚性、手机布置问题数",
    numerator="problems",
    denominator="",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.COUNT,
    source="教基厅函〔2021〕13号、3号",
    definition="本期答复属实的“机械重复”“惩罚性作业”“要求用手机”反馈件数之和，按答复属实的日期计入。",
    target=Decimal(0),
    higher_is_better=False,
)

HOMEWORK = (H1, H2, SUBJECTS_SPOKEN, H3, H4, H5, H6, H7, H8, H9, H10, H11, H12)
