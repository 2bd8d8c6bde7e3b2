"""The lines of the national half-month form, in its own words, and over what each is a share.

国务院教育督导委员会办公室, August 2021; as cities published it (益阳 2021-11-17, 濮阳 2021-09-26).
"""

from dataclasses import dataclass
from enum import StrEnum


class Over(StrEnum):
    """What a line's count is a share of."""

    SCHOOLS = "schools"
    COUNTIES = "counties"
    BASIS = "basis"  # the academic institutions of the baseline, whatever became of them
    OPERATING = "operating"  # institutions in operation, of every kind
    LINE_BEFORE = "line_before"  # of the same side
    NOTHING = "nothing"
    YES_NO = "yes_no"  # no count: 是 or 否


@dataclass(frozen=True, slots=True)
class Line:
    no: int
    group: str
    name: str
    over: Over


HOMEWORK, SERVICE = "作业管理情况", "课后服务开展情况"
APPROVAL, SUPERVISION = "校外培训机构审批情况", "校外培训机构监管情况"
PREPAID, ADVERTISING = "预收费监管情况", "广告管控情况"
LEADS, OTHER = "举报查处情况", "非学科类校外培训监管情况"
REST_DAYS = "占用国家法定节假日、休息日及寒暑假组织义务教育阶段学科类培训"

LINES = (
    Line(1, HOMEWORK, "建立作业校内公示制度学校", Over.SCHOOLS),
    Line(2, HOMEWORK, "作业时间控制达标学校", Over.SCHOOLS),
    Line(3, HOMEWORK, "不给家长布置作业或要求家长批改作业的学校", Over.SCHOOLS),
    Line(4, SERVICE, "提供课后服务的学校", Over.SCHOOLS),
    Line(5, SERVICE, "服务时间达标的学校", Over.SCHOOLS),
    Line(6, SERVICE, "建立经费保障机制的县(市、区)", Over.COUNTIES),
    Line(7, APPROVAL, "统一登记为非营利性机构的学科类校外培训机构(线下)", Over.BASIS),
    Line(8, APPROVAL, "由备案改为审批的学科类校外培训机构(线上)", Over.BASIS),
    Line(9, APPROVAL, "学科类校外培训机构压减数量", Over.BASIS),
    Line(10, SUPERVISION, f"{REST_DAYS}的机构", Over.BASIS),
    Line(11, SUPERVISION, f"清理{REST_DAYS}机构的完成数量", Over.LINE_BEFORE),
    Line(12, SUPERVISION, "全面使用示范合同文本的机构", Over.BASIS),
    Line(13, SUPERVISION, "执行政府指导价的机构", Over.BASIS),
    Line(14, PREPAID, "有效实行预收费风险管控的机构", Over.OPERATING),
    Line(15, ADVERTISING, "严格执行广告管控的县(市、区)", Over.COUNTIES),
    Line(16, ADVERTISING, "查处违规广告", Over.NOTHING),
    Line(17, LEADS, "举报问题线索总数", Over.NOTHING),
    Line(18, LEADS, "其中办结数量", Over.LINE_BEFORE),
    Line(19, OTHER, "是否明确主管部门", Over.YES_NO),
    Line(20, OTHER, "是否分类制定标准", Over.YES_NO),
    Line(21, OTHER, "已分类明确主管部门的县(市、区)", Over.COUNTIES),
)
NAMES = {line.no: line.name for line in LINES}
GROUPS = tuple(dict.fromkeys(line.group for line in LINES))
