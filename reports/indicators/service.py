"""The figures of after-school service: what each counts, over what, from where, against which target.

A school's figures of a period stand where it last stood in it. Lessons by another name cannot be entered as a course,
so A11 has no count of them.
"""

from decimal import Decimal

from reports.indicators.figure import Indicator, Kind, Unit

# At this share of pupils (%) and above one asks whether they were free to stay away.
VOLUNTARY_CHECK = Decimal("99.5")

A1 = Indicator(
    code="A1",
    name="课后服务学校覆盖率",
    numerator="service_offered",
    denominator="service_open",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第4项",
    definition="统计末日有已备案的课后服务方案、且本期至少开展过一次课后服务（已点名）的学校数，"
    "除以统计末日在办、本期有上课日的义务教育学校数。",
    target=Decimal(100),
)
A2 = Indicator(
    code="A2",
    name="服务时间达标学校占比",
    numerator="service_in_time",
    denominator="service_schools",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="教育部半月通报第5项",
    definition="本期每个上课日都有已备案且符合时间规定（每周5天、每天至少2小时、结束时间与当地正常下班时间衔接）的方案，"
    "并且每个上课日都开展了课后服务或者登记了停止服务的原因的学校数，除以本期有上课日的学校数。"
    "整期没有开展的学校不达标。早到校看护、午餐午休看护、晚自习不算课后服务。",
    target=Decimal(100),
)
A3 = Indicator(
    code="A3",
    name="学生参与率",
    numerator="roll_joined",
    denominator="pupils_on_roll",
    periods="HM",
    kind=Kind.DISTINCT,
    unit=Unit.PERCENT,
    source="教育部统计口径",
    definition="本期报名参加并且至少到过一次的学生数，除以统计末日在籍学生数；一人报几个班组只算一次，"
    "每次都缺席或请假的不算。没有登记在籍人数的学校不计入。自愿参加，不设目标。",
)
A4 = Indicator(
    code="A4",
    name="每天参加学生占比",
    numerator="pupils_five_days",
    denominator="pupils_joined",
    periods="M",
    kind=Kind.DISTINCT,
    unit=Unit.PERCENT,
    source="教育部统计口径",
    definition="参加学生（同A3）中，周一至周五每天都参加、每个星期几都至少到过一次的学生数除以参加学生数；"
    "本期没有上课日的星期几不要求。",
)
A5 = Indicator(
    code="A5",
    name="教师参与率",
    numerator="teachers_serving",
    denominator="teachers_in_post",
    periods="HM",
    kind=Kind.DISTINCT,
    unit=Unit.PERCENT,
    source="教育部统计口径",
    definition="统计末日在岗的教职工中，本期至少承担过一次课后服务（含代班）的本校教师数，除以在岗教职工数；"
    "只计人数，不排名，不与职称评定挂钩。",
)
A6 = Indicator(
    code="A6",
    name="校外人员占比",
    numerator="outsiders_serving",
    denominator="persons_serving",
    periods="HM",
    kind=Kind.DISTINCT,
    unit=Unit.PERCENT,
    source="系统计算",
    definition="本期至少承担过一次课后服务的人员中，本校教师以外的人员（退休教师、有资质的校外人员、志愿者、准入机构人员）"
    "所占比例；没有账号的人员按学校分别计数。供参考，不设目标。",
)
A11 = Indicator(
    code="A11",
    name="开设课程类型",
    numerator="course_kinds",
    denominator="",
    periods="M",
    kind=Kind.DISTINCT,
    unit=Unit.KINDS,
    source="系统计算",
    definition="本期至少开展过一次的班组所属的课程类型数（作业辅导、阅读、体育、艺术、科普、劳动、社团、其他，共8类）。"
    "讲授新课、集体补课的课程不予登记，因此不计违规数。",
)
GROUPS = Indicator(
    code="A11a",
    name="开课班组数",
    numerator="course_groups",
    denominator="",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.GROUPS,
    source="系统计算",
    definition="本期至少开展过一次的课后服务班组数。",
)

# Of dashboards alone, where A2's yes or no of a whole period would say little: not in a report.
SERVED = Indicator(
    code="A2a",
    name="课后服务开展率",
    numerator="served",
    denominator="service_due",
    periods="D",
    kind=Kind.ADDITIVE,
    unit=Unit.PERCENT,
    source="系统计算",
    definition="开展了课后服务（已点名）的上课日数，除以应开展的上课日数；登记了停止服务原因的上课日不计。",
    target=Decimal(100),
)

SERVICE = (A1, A2, A3, A4, A5, A6, A11, GROUPS)

# What a report states: every period, and months only.
ALWAYS = (A1, A2, A3, A5, A6)
OF_MONTHS = (A4, A11, GROUPS)
