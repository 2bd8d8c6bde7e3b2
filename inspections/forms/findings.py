"""What inspectors write of a visit and its findings, and what both sides say at each step."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from inspections.life import Step
from inspections.models import Finding, Visit
from paper.files import take
from schools.forms import fields

ACCEPT = "image/*,.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.wps,.et"
FILES_HELP = "可不传。图片、PDF、Word、Excel、PPT，每个最大10MB；图片会缩小并去掉拍摄地点等信息。"


def attachments(label: str = "佐证材料") -> fields.FilesField:
    return fields.FilesField(label, take=take, accept=ACCEPT, help_text=FILES_HELP)


AT_INSTITUTIONS = (Visit.Kind.ENFORCEMENT, Visit.Kind.SPECIAL, Visit.Kind.COMPLAINT, Visit.Kind.RECHECK)
AT_SCHOOLS = tuple(kind for kind in Visit.Kind if kind != Visit.Kind.ENFORCEMENT)


class VisitForm(forms.Form):
    day = fields.day("日期")
    kind = fields.choice("类型", Visit.Kind.choices)
    companions = fields.text("同行人员", 100, required=False)
    lessons_heard = fields.number("听课节数", 0, 99)
    plans_read = fields.number("检查教案份数", 0, 9999)
    books_read = fields.number("检查作业份数", 0, 9999)
    notes = fields.text(
        "督导记录", 2000, required=False, long=True, help_text="看了什么、听了什么、和谁谈过；不写学生姓名。"
    )
    key = fields.key()

    COUNTS = ("lessons_heard", "plans_read", "books_read")

    def __init__(self, *args: Any, visit: Visit | None = None, at_institution: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = AT_INSTITUTIONS if at_institution else AT_SCHOOLS
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        if at_institution:
            for name in self.COUNTS:
                del self.fields[name]
        if visit:
            del self.fields["key"]
            self.initial = {name: getattr(visit, name) for name in self.fields}
        else:
            self.initial.update(dict.fromkeys(self.COUNTS, 0), day=timezone.localdate(), kind=kinds[0])


class FindingForm(forms.Form):
    category = fields.choice("类别", [("", "请选择"), *Finding.Category.choices])
    severity = fields.choice("程度", Finding.Severity.choices, radios=True)
    what = fields.text("发现了什么问题", 500, long=True, help_text="时间、地点、事实；不写学生和举报人姓名。")
    demand = fields.text("整改要求", 500, required=False, long=True)
    found_on = fields.day("发现日期")
    due_on = fields.day("整改期限", required=False, help_text="不填则按程度定：一般10个、较重7个、严重3个上课日。")
    on_the_spot = fields.text(
        "立行立改", 300, required=False, long=True, help_text="当场已改好的，写明怎么改的，保存后直接销号。"
    )
    attached = attachments("现场材料")
    key = fields.key()

    def __init__(self, *args: Any, found_on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(severity=Finding.Severity.MINOR, found_on=found_on)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        found_on, due_on = values.get("found_on"), values.get("due_on")
        if found_on and due_on and due_on < found_on:
            self.add_error("due_on", "整改期限不能早于发现日期。")
        return values


class StepForm(forms.Form):
    """What is said at a step; `until` only where more time is asked for."""

    text = fields.text("说明", 1000, required=False, long=True)
    until = fields.day("延期到")
    attached = attachments()

    LABELS = {
        Step.PLAN: "整改方案（做什么、谁负责、什么时候完成）",
        Step.SUBMIT: "整改情况（做了什么、结果怎样）",
        Step.SEND_BACK: "退回原因",
        Step.VERIFY: "核查情况（可不填）",
        Step.CLOSE: "销号说明（可不填）",
        Step.REOPEN: "又发现了什么",
        Step.ASK_EXTENSION: "延期原因",
        Step.GRANT_EXTENSION: "说明（可不填）",
        Step.REFUSE_EXTENSION: "不同意的原因",
    }
    WITH_FILES = (Step.PLAN, Step.SUBMIT, Step.SEND_BACK, Step.VERIFY, Step.REOPEN)

    def __init__(self, data: Any = None, files: Any = None, *, step: Step) -> None:
        super().__init__(data, files, auto_id=f"id_{step}_%s")
        self.step = step
        self.fields["text"].label = self.LABELS[step]
        if step != Step.ASK_EXTENSION:
            del self.fields["until"]
        if step not in self.WITH_FILES:
            del self.fields["attached"]
