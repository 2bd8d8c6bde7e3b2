"""What families type without signing in, and what the school answers or counts from paper."""

import datetime as dt
import re
import unicodedata
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone

from homework.models import Feedback
from homework.services.feedback import new_receipt
from homework.services.time_samples import LARGEST_CLASS, Count

MOST_MINUTES = 300
FINISHED = [("yes", "做完了"), ("no", "没做完")]
# How old the homework may be that a family writes about.
DAYS_BACK = 30
SIGNER = signing.Signer(salt="homework.feedback")

NUMBER = {"class": "form-control", "inputmode": "numeric"}


class Prose(forms.CharField):
    """Longer text, whose line ends count as one character each, as they do in the browser."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class OpenForm(forms.Form):
    """Robots fill every field; people do not see this one."""

    website = forms.CharField(
        label="请不要填写这一格",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("“请不要填写这一格”应当留空，请清空后再提交。")
        return ""


class TimeForm(OpenForm):
    minutes = forms.IntegerField(
        label="书面作业实际用了几分钟",
        min_value=0,
        max_value=MOST_MINUTES,
        widget=forms.NumberInput(attrs=NUMBER | {"placeholder": "如 45"}),
        error_messages={
            "required": "请填实际用了几分钟。",
            "invalid": "请填整数分钟，如 45。",
            "min_value": "实际用时应在0到300分钟之间。",
            "max_value": "实际用时应在0到300分钟之间。",
        },
    )
    finished = forms.ChoiceField(
        label="做完了吗",
        choices=FINISHED,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择做完了还是没做完。", "invalid_choice": "请选择做完了还是没做完。"},
    )

    def clean_finished(self) -> bool:
        return bool(self.cleaned_data["finished"] == "yes")


class FeedbackForm(OpenForm):
    kind = forms.ChoiceField(
        label="是什么问题",
        choices=Feedback.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择是什么问题。", "invalid_choice": "请选择是什么问题。"},
    )
    day = forms.DateField(
        label="哪一天的作业（可不填）",
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期请写成2026-10-14这样。"},
    )
    text = Prose(
        label="请说明情况",
        max_length=500,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 5, "maxlength": 500}),
        error_messages={"required": "请写明情况。", "max_length": "最多500字，请缩短一些。"},
    )
    receipt = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("receipt", SIGNER.sign(new_receipt()))

    def clean_day(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["day"]
        today = timezone.localdate()
        if day and not today - dt.timedelta(days=DAYS_BACK) <= day <= today:
            raise forms.ValidationError(f"只收最近{DAYS_BACK}天的作业；更早的请不填日期，在说明里写。")
        return day

    def clean_receipt(self) -> str:
        """The code that this form was given, or a new one where it comes from elsewhere."""
        try:
            return SIGNER.unsign(self.cleaned_data["receipt"])
        except signing.BadSignature:
            return new_receipt()


class CodeForm(forms.Form):
    code = forms.CharField(
        label="查询码",
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "autocomplete": "off",
                "autocapitalize": "characters",
            }
        ),
        error_messages={"required": "请填查询码。", "max_length": "查询码是15位字母和数字，请核对。"},
    )

    def clean_code(self) -> str:
        """Blanks, dashes, case and full-width letters do not matter."""
        return re.sub(r"[\s\-‐-―－]", "", unicodedata.normalize("NFKC", self.cleaned_data["code"])).upper()


class AnswerForm(forms.Form):
    answer = Prose(
        label="答复（家长凭查询码看得到）",
        max_length=500,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 4, "maxlength": 500}),
        error_messages={"required": "请写明答复内容。", "max_length": "最多500字，请缩短一些。"},
    )
    is_upheld = forms.ChoiceField(
        label="核实结果",
        choices=[("yes", "属实"), ("no", "不属实")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择属实还是不属实。", "invalid_choice": "请选择属实还是不属实。"},
    )

    def clean_is_upheld(self) -> bool:
        return bool(self.cleaned_data["is_upheld"] == "yes")


class CountForm(forms.Form):
    """One line of a paper sample; an empty one counts nobody."""

    minutes = forms.IntegerField(
        label="实际用时（分钟）",
        required=False,
        min_value=0,
        max_value=MOST_MINUTES,
        widget=forms.NumberInput(attrs=NUMBER),
        error_messages={
            "invalid": "请填整数分钟。",
            "min_value": "实际用时应在0到300分钟之间。",
            "max_value": "实际用时应在0到300分钟之间。",
        },
    )
    finished = forms.ChoiceField(
        label="做完了吗",
        choices=FINISHED,
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": "请选择做完了还是没做完。"},
    )
    answers = forms.IntegerField(
        label="人数",
        required=False,
        min_value=1,
        max_value=LARGEST_CLASS,
        widget=forms.NumberInput(attrs=NUMBER),
        error_messages={
            "invalid": "请填整数人数。",
            "min_value": "人数应在1到150之间。",
            "max_value": "人数应在1到150之间。",
        },
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and (values.get("minutes") is None) != (values.get("answers") is None):
            raise forms.ValidationError("这一行的用时和人数要么都填，要么都不填。")
        return values

    @property
    def count(self) -> Count | None:
        values = self.cleaned_data
        if values.get("minutes") is None:
            return None
        return Count(values["minutes"], values["finished"] != "no", values["answers"])


LINES = 6
CountForms = forms.formset_factory(CountForm, extra=LINES, max_num=20, absolute_max=20, validate_max=True)


class ReplaceForm(forms.Form):
    replaces = forms.BooleanField(
        label="替换原来录入的", required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )


class PeriodForm(forms.Form):
    """From a day to a day, both included; at most a year."""

    first_day = forms.DateField(
        label="从", widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label="到", widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first_day, last_day = values.get("first_day"), values.get("last_day")
        if first_day and last_day and not dt.timedelta() <= last_day - first_day <= dt.timedelta(days=366):
            raise forms.ValidationError("起始日期不能晚于截止日期，前后最多一年。")
        return values
