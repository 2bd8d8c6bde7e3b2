"""The figures of training institutions: the register as on a day, money paid in advance, wrongdoing dealt with."""

from decimal import Decimal

from reports.indicators.figure import Indicator, Kind, Unit

REGISTER = "统计末日的登记册；合同、价格、预收费监管、平台入驻按登记册现在的内容。"

T1 = Indicator(
    code="T1",
    name="学科类机构压减率",
    numerator="reduced",
    denominator="baseline",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第9项",
    definition="锁定的基数中，统计末日已注销、转型、吊销的比例；停业不算。不设目标。",
)
T1_APPROVED = Indicator(
    code="T1a",
    name="压减数占审批机构数",
    numerator="reduced",
    denominator="baseline_approved",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="各地通报口径",
    definition="同一压减数除以锁定基数时已审批的机构数。与T1并列，不可混用。",
)
T2 = Indicator(
    code="T2",
    name="营转非完成率",
    numerator="offline_non_profit",
    denominator="offline_kept",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第7项",
    definition="统计末日在营和停业的线下学科类机构中，登记为非营利性的比例。",
    target=Decimal(100),
)
T3 = Indicator(
    code="T3",
    name="备改审完成率",
    numerator="online_approved",
    denominator="online_kept",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第8项",
    definition="统计末日在营和停业的线上学科类机构中，已审批的比例。",
    target=Decimal(100),
)
T4 = Indicator(
    code="T4",
    name="占用休息日培训机构清理率",
    numerator="rest_days_cleared",
    denominator="rest_days_found",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第10、11项",
    definition="基数中曾占用节假日、休息日、寒暑假培训的机构，已清理的比例。" + REGISTER,
    target=Decimal(100),
)
T5 = Indicator(
    code="T5",
    name="示范合同使用率",
    numerator="on_model_contract",
    denominator="operating",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第12项",
    definition="在营机构中使用示范合同的比例。" + REGISTER,
    target=Decimal(100),
)
T6 = Indicator(
    code="T6",
    name="政府指导价执行率",
    numerator="on_guide_price",
    denominator="operating_academic",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第13项",
    definition="在营学科类机构中执行政府指导价的比例。" + REGISTER,
    target=Decimal(100),
)
T7 = Indicator(
    code="T7",
    name="预收费风险管控率",
    numerator="controlled",
    denominator="operating",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第14项",
    definition="在营机构中，预收费由银行托管或有风险保证金的比例。" + REGISTER,
    target=Decimal(100),
)
T7_ACADEMIC = Indicator(
    code="T7a",
    name="学科类预收费风险管控率",
    numerator="controlled_academic",
    denominator="operating_academic",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教监管函〔2021〕2号",
    definition="同T7，只算学科类。",
    target=Decimal(100),
)
T7_OTHER = Indicator(
    code="T7b",
    name="非学科类预收费风险管控率",
    numerator="controlled_other",
    denominator="operating_other",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教监管〔2022〕4号",
    definition="同T7，只算非学科类。",
    target=Decimal(100),
)
T8 = Indicator(
    code="T8",
    name="监管资金额（万元）",
    numerator="watched_cents",
    denominator="",
    periods="M",
    kind=Kind.AS_OF,
    unit=Unit.WAN_YUAN,
    source="系统计算",
    definition="统计末日在监管的账户，最近一个月流水的月末余额合计。没有流水的账户不计。",
)
T8_FLAGGED = Indicator(
    code="T8a",
    name="资金异动预警数",
    numerator="flagged_movements",
    denominator="",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.MOVEMENTS,
    source="系统计算",
    definition="本期监管账户的流出中，达到大额异动标准的笔数。",
)
T9 = Indicator(
    code="T9",
    name="预收费超限合同数",
    numerator="contracts_over",
    denominator="",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.CONTRACTS,
    source="教监管〔2022〕4号",
    definition="本期抽查的合同中，一次收费超过3个月、60课时或（非学科类）5000元的份数。",
    target=Decimal(0),
    higher_is_better=False,
)
T10 = Indicator(
    code="T10",
    name="全国平台入驻率",
    numerator="on_platform",
    denominator="operating",
    periods="M",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="平台应用管理办法（2025年3月）",
    definition="在营机构中已入驻全国校外教育培训监管与服务综合平台的比例。" + REGISTER,
    target=Decimal(100),
)
T11 = Indicator(
    code="T11",
    name="执行广告管控的县占比",
    numerator="advertising_counties",
    denominator="counties",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第15项",
    definition="统计末日登记了广告管控制度安排（有文件）的县（市、区）比例。",
    target=Decimal(100),
)
T13 = Indicator(
    code="T13",
    name="已明确非学科类主管部门的县占比",
    numerator="authority_counties",
    denominator="counties",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.PERCENT,
    source="教育部半月通报第21项",
    definition="统计末日登记了非学科类主管部门（有文件）的县（市、区）比例。",
    target=Decimal(100),
)
T13_AUTHORITY = Indicator(
    code="T13a",
    name="市是否明确非学科类主管部门",
    numerator="city_authority",
    denominator="",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.YES_NO,
    source="教育部半月通报第19项",
    definition="统计末日市一级登记了非学科类主管部门的文件。",
)
T13_STANDARDS = Indicator(
    code="T13b",
    name="市是否分类制定标准",
    numerator="city_standards",
    denominator="",
    periods="HM",
    kind=Kind.AS_OF,
    unit=Unit.YES_NO,
    source="教育部半月通报第20项",
    definition="统计末日市一级登记了非学科类分类标准的文件。",
)
T11_ADS = Indicator(
    code="T11a",
    name="查处违规广告数",
    numerator="advertising_decided",
    denominator="",
    periods="HM",
    kind=Kind.ADDITIVE,
    unit=Unit.CASES,
    source="教育部半月通报第16项",
    definition="本期作出处理决定的违规广告、虚假宣传案件数。",
)
T12 = Indicator(
    code="T12",
    name="隐形变异查处数",
    numerator="disguised_decided",
    denominator="",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.CASES,
    source="教育部令第53号",
    definition="本期作出处理决定的隐形变异案件数，按形式另列。",
)
T12_PERSONS = Indicator(
    code="T12a",
    name="执法人次",
    numerator="enforcement_persons",
    denominator="",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.PERSONS,
    source="系统计算",
    definition="本期发现的违规案件所登记的执法人数合计。",
)
T12_SUMS = Indicator(
    code="T12b",
    name="处罚金额（万元）",
    numerator="penalty_cents",
    denominator="",
    periods="M",
    kind=Kind.ADDITIVE,
    unit=Unit.WAN_YUAN,
    source="教育部令第53号",
    definition="本期处理决定的罚款和没收违法所得合计；责令退费不计。",
)

TRAINING = (
    *(T1, T1_APPROVED, T2, T3, T4, T5, T6, T7, T7_ACADEMIC, T7_OTHER),
    *(T8, T8_FLAGGED, T9, T10, T11, T11_ADS, T12, T12_PERSONS, T12_SUMS),
    *(T13, T13_AUTHORITY, T13_STANDARDS),
)

# Of a city, not of its counties.
OF_CITIES = (T13_AUTHORITY, T13_STANDARDS)

# What a report states: every period, and months only.
ALWAYS = tuple(one for one in TRAINING if "H" in one.periods)
OF_MONTHS = tuple(one for one in TRAINING if "H" not in one.periods)
