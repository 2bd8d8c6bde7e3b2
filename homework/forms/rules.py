"""What makers of local rules type."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from homework.models import JUNIOR_SIX, CutOff, LocalLimit
from schools.models import OrgUnit
from schools.models.classes import GRADE_NAMES

DATE = {"type": "date"}

GRADES = [
    ("", "请选择"),
    ("小学", [(f"primary-{grade}", GRADE_NAMES[grade]) for grade in range(1, 7)]),
    ("初中", [("junior-6", JUNIOR_SIX), *((f"junior-{grade}", GRADE_NAMES[grade]) for grade in (7, 8, 9))]),
]


class LimitForm(forms.ModelForm):
    grade = forms.ChoiceField(label="年级", choices=GRADES)

    class Meta:
        model = LocalLimit
        fields = ["unit", "span", "minutes", "document", "clause", "first_day", "last_day"]
        labels = {"unit": "适用单位", "minutes": "书面作业（分钟）"}
        widgets = {
            "first_day": forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
            "last_day": forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        }
        help_texts = {
            "document": "只写文件名，不加书名号。",
            "first_day": "填过去的日期，会先列出受影响的作业，确认后再重新判定。",
            "last_day": "不填即长期有效。",
        }

    def __init__(self, *args: Any, units: Iterable[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, units)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("unit", "grade", "span", "minutes", "document", "clause", "first_day", "last_day")

    def clean_grade(self) -> dict[str, str | int]:
        """As the two words of a limit: its stage and the grade."""
        stage, _, grade = self.cleaned_data["grade"].partition("-")
        return {"stage": stage, "grade": int(grade)}

    def _post_clean(self) -> None:
        """The service validates the whole row; here it lacks its stage and grade."""


class LimitEndForm(forms.Form):
    last_day = forms.DateField(label="最后一天", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("last_day")


class CutOffForm(forms.ModelForm):
    class Meta:
        model = CutOff
        fields = ["unit", "first_day", "until"]
        labels = {"unit": "适用单位"}
        widgets = {
            "first_day": forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
            "until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "until": "各班当天作业须在此时前公示齐全；学校只能更早，不能更晚。",
        }

    def __init__(self, *args: Any, units: Iterable[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, units)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("unit", "first_day", "until")

    def _post_clean(self) -> None:
        """The service validates the row."""


def limit_units(form: forms.ModelForm, units: Iterable[OrgUnit]) -> None:
    """Offer these units only, the first of them chosen."""
    offered = list(units)
    field = form.fields["unit"]
    field.queryset = OrgUnit.objects.filter(pk__in=[unit.pk for unit in offered])  # type: ignore[attr-defined]
    field.empty_label = None  # type: ignore[attr-defined]
    form.initial.setdefault("unit", offered[0].pk if offered else None)
