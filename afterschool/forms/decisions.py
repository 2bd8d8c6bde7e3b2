"""What an officer types: why a plan is returned, under which number it is filed; bodies on the county's list."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms

from afterschool.models import AdmittedBody, Plan
from schools.models import OrgUnit

CONTROL = {"class": "form-control"}
DAY = CONTROL | {"type": "date"}
LONG = "最多%(limit_value)d字，现在有%(show_value)d字。"


def _longest(model: type[Plan] | type[AdmittedBody], field: str) -> int:
    column: Any = model._meta.get_field(field)
    return int(column.max_length)


def _day(label: str, name: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{name}。", "invalid": f"{name}不对，请重新选择。"},
    )


class ReturnForm(forms.Form):
    note = forms.CharField(
        label="退回原因（学校会看到）",
        max_length=_longest(Plan, "note"),
        widget=forms.Textarea(attrs=CONTROL | {"rows": 3}),
        error_messages={"required": "退回时请写明原因，学校才知道怎么改。", "max_length": LONG},
    )


class FileForm(forms.Form):
    filing_no = forms.CharField(
        label="备案号",
        max_length=_longest(Plan, "filing_no"),
        widget=forms.TextInput(attrs=CONTROL | {"placeholder": "如：东教课备〔2026〕1号"}),
        error_messages={"required": "请填写备案号。", "max_length": LONG},
    )
    despite_failures = forms.BooleanField(
        label="已知不达标，仍备案", required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )


class BodyForm(forms.Form):
    """`units` are those whose list she keeps."""

    unit = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label="哪一级的名单",
        empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": "请选择单位。", "invalid_choice": "请选择列出的单位。"},
    )
    name = forms.CharField(
        label="机构名称",
        max_length=_longest(AdmittedBody, "name"),
        widget=forms.TextInput(attrs=CONTROL),
        error_messages={"required": "请填写机构名称。", "max_length": LONG},
    )
    credit_code = forms.CharField(
        label="统一社会信用代码（可不填）",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=CONTROL | {"autocapitalize": "characters"}),
        error_messages={"max_length": "统一社会信用代码是18位，请核对。"},
    )
    services = forms.CharField(
        label="可提供的服务（可不填）",
        max_length=_longest(AdmittedBody, "services"),
        required=False,
        widget=forms.TextInput(attrs=CONTROL | {"placeholder": "如：乒乓球、编程、书法"}),
        error_messages={"max_length": LONG},
    )
    first_day = _day("从哪一天起准入", "准入日期")
    key = forms.UUIDField(
        required=False, widget=forms.HiddenInput, error_messages={"invalid": "页面已过期，请刷新后再试。"}
    )

    def __init__(self, *args: Any, units: Sequence[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["unit"]
        chosen.queryset = OrgUnit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("code")
        self.initial.setdefault("key", uuid.uuid4())
        if len(units) == 1:
            chosen.initial, chosen.widget = units[0].pk, forms.HiddenInput()


class BodyEndForm(forms.Form):
    last_day = _day("准入到哪一天为止（含这一天）", "截止日期")
    reason = forms.CharField(
        label="退出原因",
        max_length=_longest(AdmittedBody, "leave_reason"),
        widget=forms.TextInput(attrs=CONTROL | {"placeholder": "如：合同到期、违规收费"}),
        error_messages={"required": "请写明退出原因。", "max_length": LONG},
    )
