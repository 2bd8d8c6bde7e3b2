"""What officers type of an arrangement."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from schools.forms import fields
from schools.models import OrgUnit
from training.models import Arrangement


class ArrangementForm(forms.Form):
    unit = fields.RowField("单位")
    kind = fields.choice("事项", [("", "请选择"), *Arrangement.Kind.choices])
    document = fields.text("依据文件", 100, help_text="名称和文号；没有文件的不登记。")
    first_day = fields.day("起始日期", is_today=True)

    def __init__(self, *args: Any, units: QuerySet[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields.offer(self, "unit", units)
