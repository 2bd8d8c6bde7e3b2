"""What officers type of a special operation and of a check in it."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from schools.forms import fields
from schools.models import OrgUnit
from training.models import Institution

TARGET = "target_"


class CampaignForm(forms.Form):
    """With a field for each county's target."""

    name = fields.text("名称", 60, help_text="如：违规广告专项整治行动。")
    what = fields.text("内容", 500, required=False, long=True)
    first_day = fields.day("开始日期", is_today=True)
    last_day = fields.day("结束日期")
    key = fields.key()

    def __init__(self, *args: Any, counties: QuerySet[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for county in counties:
            field = fields.number(f"{county.name}任务数（家）", 0, 100_000)
            field.required, field.initial = False, 0
            self.fields[f"{TARGET}{county.pk}"] = field

    def clean(self) -> dict[str, Any]:
        """`targets` in place of the counties' fields."""
        values = super().clean() or self.cleaned_data
        targets = {name: values.pop(name) or 0 for name in list(values) if name.startswith(TARGET)}
        return values | {"targets": {int(name.removeprefix(TARGET)): count for name, count in targets.items()}}


class ListForm(forms.Form):
    """Whom to put on the list."""

    county = fields.RowField("县（市、区）")
    subject = forms.ChoiceField(
        label="机构",
        required=False,
        choices=[
            ("", "全部在营机构"),
            *((value, f"在营的{label}机构") for value, label in Institution.Subject.choices),
        ],
        error_messages={"invalid_choice": fields.PICK},
    )

    def __init__(self, *args: Any, counties: QuerySet[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields.offer(self, "county", counties)


class CheckForm(forms.Form):
    day = fields.day("检查日期", is_today=True)
    result = fields.text("检查结果", 300, long=True)
    has_problem = forms.BooleanField(label="有问题", required=False)
