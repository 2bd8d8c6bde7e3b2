"""What officers type of signals, and the figures that a city or county sets."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from schools.forms import fields
from schools.models import OrgUnit
from training import thresholds
from training.models import SignalKind
from training.services.warning import NOTED


class SignalForm(forms.Form):
    kind = fields.choice("信号", [("", "请选择"), *((kind.value, SignalKind(kind).label) for kind in NOTED)])
    seen_on = fields.day("发现日期", is_today=True)
    evidence = fields.text("依据", 300, long=True, help_text="谁反映、什么情况、核实到什么；不写家长和学生姓名。")


class VerdictForm(forms.Form):
    verdict = fields.choice("核实结果", [("confirm", "确认属实"), ("dismiss", "排除")], radios=True)
    reason = fields.text("理由", 200, long=True)


class ReasonForm(forms.Form):
    reason = fields.text("解除理由", 90, long=True, help_text="如：已补发工资、已恢复上课。")


class ThresholdForm(forms.Form):
    """Money is typed in yuan."""

    unit = fields.RowField("适用范围")
    name = fields.choice("项目", [])
    value = fields.MoneyField("数值", help_text="金额以元为单位，比例填1到100，日期填1到28，分值填整数。")
    first_day = fields.day("执行日期", help_text="今天或以后。", is_today=True)

    def __init__(self, *args: Any, units: QuerySet[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields.offer(self, "unit", units)
        words = {kind.id: f"{kind.name}（现行 {kind.words(kind.value)}）" for kind in thresholds.kinds().values()}
        self.fields["name"].choices = [("", "请选择"), *words.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        kind = thresholds.kinds().get(values.get("name", ""))
        if kind and values.get("value") is not None and kind.unit != "cents":
            whole, rest = divmod(values["value"], 100)
            if rest:
                self.add_error("value", "请填整数。")
            values["value"] = whole
        return values
