"""A return as its reporters fill it in, and what is said at the other steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from reports.issuing.life import Step as ReportingStep
from reports.models import ASKED, NUMBERS, Return
from reports.returns.life import Step
from schools.forms import fields

MOST = 1_000_000
SERIAL_HELP = "如：东教〔2026〕5号。填了就印红色版头“××教育局文件”；签发后本版不能再改。"
HELP = {
    17: "本县（市、区）全部举报线索，含12345、国家平台等其他渠道。",
    18: "到截止日已办结的。",
    16: "本期查处的。",
}


class ReturnForm(forms.Form):
    """One field for each item that the level is asked; `action` says whether it is also sent."""

    def __init__(self, data: Any = None, *, level: str, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial={name: _shown(value) for name, value in initial.items()})
        for item, name in ASKED[level].items():
            label = f"{item}. {Return._meta.get_field(name).verbose_name}"  # type: ignore[union-attr]
            if name in NUMBERS:
                self.fields[name] = fields.number(label, 0, MOST)
            else:
                self.fields[name] = fields.choice(label, [("yes", "是"), ("no", "否")], radios=True)
            self.fields[name].help_text = HELP.get(item, "")
        self.fields["explanation"] = fields.text(
            "说明", 500, required=False, long=True, help_text="与系统计算不一致、与上期相差很大的，写明原因。"
        )

    def answers(self) -> dict[str, Any]:
        """By the field of the return. Only of a valid form."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "explanation"}
        return {name: value if name in NUMBERS else value == "yes" for name, value in given.items()}


def _shown(value: Any) -> Any:
    """As the form's field has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


class StepForm(forms.Form):
    text = fields.text("说明", 300, required=False, long=True)

    LABELS = {
        Step.ACCEPT: "说明（可不填）",
        Step.SEND_BACK: "退回的原因（对方看得到）",
        Step.ASK_UNLOCK: "开锁的原因",
        Step.UNLOCK: "说明（可不填）",
        Step.KEEP_LOCKED: "不同意的原因",
    }

    def __init__(self, data: Any = None, *, step: Step) -> None:
        super().__init__(data, auto_id=f"id_{step}_%s")
        self.step = step
        self.fields["text"].label = self.LABELS[step]


class ReportStepForm(forms.Form):
    """What is said at a step of a report; at the issue also its 发文字号."""

    text = fields.text("说明（可不填）", 300, required=False, long=True)

    def __init__(self, data: Any = None, *, step: ReportingStep) -> None:
        super().__init__(data, auto_id=f"id_{step}_%s")
        self.step = step
        if step == ReportingStep.SEND_BACK:
            self.fields["text"].label = "退回的原因（填表人看得到）"
        if step == ReportingStep.ISSUE:
            self.fields["serial"] = fields.text("发文字号（可不填）", 40, required=False, help_text=SERIAL_HELP)
