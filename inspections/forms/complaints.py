"""What the public writes in a complaint, what officers enter, and what is said at each step."""

import re
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone

from homework.forms.families import CodeForm, OpenForm
from homework.services.feedback import new_receipt
from inspections.complaint_life import Step
from inspections.models import Complaint, Finding
from inspections.services.complaints import CATEGORY_OF, MOST_PICTURES
from paper.files import take_picture
from schools.forms import fields
from schools.models import OrgUnit
from training.models import Institution

SIGNER = signing.Signer(salt="inspections.complaint")
PHONE = re.compile(r"[0-9+\-() ]{7,20}")
KINDS = [("", "请选择"), *Complaint.Kind.choices]


class AboutForm(forms.Form):
    """What is complained of, and by whom if she says so."""

    kind = fields.choice("反映什么问题", KINDS)
    target_name = fields.text("哪所学校或机构", 100, help_text="写全称，如：东县实验小学。")
    text = fields.text("什么情况", 1000, long=True, help_text="时间、地点、经过。不要写自己和孩子的姓名。")
    name = fields.text(
        "您的姓名", 20, required=False, help_text="可不填，不填就是匿名。填了只有承办人看得到，学校看不到。"
    )
    phone = fields.text("联系电话", 20, required=False, help_text="可不填。承办人需要时会打这个电话。")

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not PHONE.fullmatch(phone):
            raise forms.ValidationError("联系电话不对，请核对。")
        return phone

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("phone") and not values.get("name"):
            self.add_error("name", "留电话的请同时填姓名；想匿名的，两项都不填。")
        return values


class PublicForm(AboutForm, OpenForm):
    pictures = fields.FilesField(
        "图片",
        take=take_picture,
        accept="image/*",
        help_text=f"可不传。最多{MOST_PICTURES}张，每张最大10MB；会缩小并去掉拍摄地点等信息。",
    )
    receipt = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("kind", "target_name", "text", "pictures", "name", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("receipt", SIGNER.sign(new_receipt()))

    def clean_receipt(self) -> str:
        """The code that this form was given, or a new one where it comes from elsewhere."""
        try:
            return SIGNER.unsign(self.cleaned_data["receipt"])
        except signing.BadSignature:
            return new_receipt()

    def clean_pictures(self) -> list[Any]:
        pictures: list[Any] = self.cleaned_data["pictures"]
        if len(pictures) > MOST_PICTURES:
            raise forms.ValidationError(f"最多{MOST_PICTURES}张图片，请去掉几张。")
        return pictures


class EntryForm(AboutForm):
    """By an officer, of what came by telephone, by letter, or from above."""

    source = fields.choice("来源", [choice for choice in Complaint.Source.choices if choice[0] != "web"])
    received_on = fields.day("收到日期")
    field_order = ("source", "received_on", "kind", "target_name", "text", "name", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("received_on", timezone.localdate())
        self.fields["name"].label, self.fields["phone"].label = "举报人姓名", "举报人电话"
        self.fields["name"].help_text = "匿名的不填。加密保存，只有承办人看得到，每次查看都有记录。"
        self.fields["phone"].help_text = ""


class StepForm(forms.Form):
    """What is said at a step; where it goes, or what was found out."""

    unit = fields.RowField("转给哪个单位")
    outcome = fields.choice("核实结果", Complaint.Outcome.choices, radios=True)
    text = fields.text("说明", 1000, required=False, long=True)

    LABELS = {
        Step.ROUTE: "说明（可不填）",
        Step.REJECT: "不予受理的原因（举报人看得到）",
        Step.REPLY: "答复（举报人看得到）",
        Step.CLOSE: "说明（可不填）",
    }

    def __init__(self, data: Any = None, *, step: Step, units: Any) -> None:
        super().__init__(data, auto_id=f"id_{step}_%s")
        self.step = step
        if step == Step.ROUTE:
            fields.offer(self, "unit", units, words=lambda unit: unit.name)
        else:
            del self.fields["unit"]
        if step != Step.REPLY:
            del self.fields["outcome"]
        if step in self.LABELS:
            self.fields["text"].label = self.LABELS[step]
        else:
            del self.fields["text"]


class UpheldForm(forms.Form):
    category = fields.choice("类别", Finding.Category.choices)
    severity = fields.choice("程度", Finding.Severity.choices, radios=True)
    what = fields.text(
        "问题", 500, long=True, help_text="被反映的一方看得到。写事实，不写举报人，也不要写谁会知道这件事。"
    )
    demand = fields.text("整改要求", 500, required=False, long=True)

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = CATEGORY_OF.get(Complaint.Kind(complaint.kind), Finding.Category.DISGUISED)
        self.initial.update(severity=Finding.Severity.MAJOR, category=category)


class NamedForm(forms.Form):
    """Which of those found is meant; `target` holds the row itself afterwards."""

    target = fields.choice("是哪一个", [], radios=True)

    def __init__(self, data: Any = None, *, schools: list[OrgUnit], institutions: list[Institution]) -> None:
        super().__init__(data)
        self.rows: dict[str, OrgUnit | Institution] = {f"school-{school.pk}": school for school in schools}
        self.rows |= {f"institution-{one.pk}": one for one in institutions}
        self.fields["target"].choices = [(key, self.words(row)) for key, row in self.rows.items()]  # type: ignore[attr-defined]

    @staticmethod
    def words(row: OrgUnit | Institution) -> str:
        if isinstance(row, OrgUnit):
            return row.name
        return f"{row.name}（{row.county.name}，{row.get_state_display()}）"

    def clean_target(self) -> OrgUnit | Institution:
        return self.rows[self.cleaned_data["target"]]


class RepeatForm(forms.Form):
    number = fields.number("与第几号重复", 1, 10**9)


class RateForm(CodeForm):
    satisfied = fields.choice("您对答复", [("yes", "满意"), ("no", "不满意")], radios=True)
    note = fields.text("说明", 300, required=False, long=True)

    def clean_satisfied(self) -> bool:
        return bool(self.cleaned_data["satisfied"] == "yes")


def units_to_route(unit: OrgUnit, city_path: str, today: Any) -> Any:
    """The city, its counties and member units, but for `unit` itself."""
    levels = (OrgUnit.Level.CITY, OrgUnit.Level.COUNTY, OrgUnit.Level.DEPARTMENT)
    below = OrgUnit.objects.under_paths([city_path], today).filter(level__in=levels)
    return below.exclude(pk=unit.pk).order_by("level", "code")
