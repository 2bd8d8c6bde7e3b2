"""What must be said beside the form's figures: who is missing, where the two sides differ, what may still change."""

from __future__ import annotations

from reports.indicators import H4_SHARE
from reports.national.form import Form, Item
from reports.national.lines import Over
from reports.returns.collection import Collected

# Units are named in the bureau's version alone, and no more of them than half a page holds.
MOST_NAMED = 10


def notes(form: Form) -> list[str]:
    """Of every version: numbers, never a unit's name."""
    said = [_days(form), *_completeness(form.collected), *_sides(form), _definition()]
    if form.reopened:
        said.append(f"更正：本期有{form.reopened}份上报接收以后开锁改过，以本表为准。")
    if form.is_draft:
        said.append(f"本表在数据截至日（{form.cutoff:%-m月%-d日}）以前生成，为草稿，数字还会变化。")
    return said


def notes_on_units(form: Form) -> list[str]:
    """For the bureau alone: which counties' two sides differ, by item."""
    said = []
    for area in form.areas:
        lines = [item for item in area.items if item.differs]
        if lines:
            said.append(f"{area.name}：{'；'.join(_both(item) for item in lines)}。")
    if len(said) > MOST_NAMED:
        said = [*said[:MOST_NAMED], f"另有{len(said) - MOST_NAMED}个单位，见同期Excel文件。"]
    return said


def _days(form: Form) -> str:
    return (
        f"数据截至{form.cutoff:%Y年%-m月%-d日}，统计{form.first_day:%-m月%-d日}至{form.cutoff:%-m月%-d日}。"
        "第1至6项、第15至21项为各单位申报数，没有申报的用系统计算数；第7至14项由机构登记册计算。"
    )


def _completeness(collected: Collected) -> list[str]:
    if not collected.expected:
        return []
    levels = "，".join(f"{line.label}{line.actual}/{line.expected}" for line in collected.lines)
    said = f"上报：应报{collected.expected}个单位，已报{collected.actual}个（{levels}）"
    imported = sum(line.imported for line in collected.lines)
    if imported < collected.actual:
        said += f"，按时{collected.on_time}个"
    if imported:
        said += f"；其中{imported}份由文件导入，没有报送时间"
    return [said + "。"]


def _definition() -> str:
    return f"第2项系统计算：公示完整的班级日中不超限的占{H4_SHARE}%及以上的学校为达标。"


def _sides(form: Form) -> list[str]:
    if not any(item.computed for item in form.whole.items if item.line.over is Over.SCHOOLS):
        return ["本期系统里没有上课日记录，第1至5项没有系统计算数可以核对。"]
    differing = form.differing
    if not differing:
        return ["申报数与系统计算数没有不一致。"]
    return [f"申报数与系统计算数不一致的{len(differing)}项：{'；'.join(_both(item) for item in differing)}。"]


def _both(item: Item) -> str:
    declared, computed = (side.text if side else "" for side in (item.declared, item.computed))
    return f"第{item.line.no}项申报{declared}、计算{computed}"
