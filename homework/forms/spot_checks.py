"""What people type at a spot check: the plan, the record of one sample, the summary."""

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from homework.drawing import LARGEST_SEED
from homework.forms.items import SEGMENTS
from homework.services.spot_checks import MOST_SAMPLES
from schools.models import Subject
from schools.models.classes import GRADE_NAMES

CONTROL = {"class": "form-control"}
DAY = {"type": "date", "class": "form-control"}
COUNT_RANGE = f"一次抽1到{MOST_SAMPLES}个。"
SEED_RANGE = f"抽样种子应是0到{LARGEST_SEED}之间的整数；不填则随机产生。"


class SpotCheckForm(forms.Form):
    """`grades` are the school's; they decide which subjects are offered.

    Without a seed one comes by chance; the preview hands it on to the draw.
    """

    title = forms.CharField(
        label="检查名称",
        max_length=100,
        widget=forms.TextInput(attrs=CONTROL | {"placeholder": "如：第一次作业全面检查"}),
        error_messages={"required": "请填写检查名称。"},
    )
    first_day = forms.DateField(
        label="检查哪些天的作业：从",
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages={"required": "请填写起始日期。", "invalid": "日期不对，请重新选择。"},
    )
    last_day = forms.DateField(
        label="到",
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages={"required": "请填写截止日期。", "invalid": "日期不对，请重新选择。"},
    )
    scheme = forms.CharField(
        label="检查方案",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=CONTROL | {"rows": 4, "placeholder": "检查什么、怎么检查、由谁检查"}),
    )
    count = forms.IntegerField(
        label="抽几个样本（一个样本是一个班的一门学科）",
        min_value=1,
        max_value=MOST_SAMPLES,
        initial=6,
        widget=forms.NumberInput(attrs=CONTROL | {"inputmode": "numeric"}),
        error_messages={
            "required": "请填写抽几个样本。",
            "invalid": "请填写整数。",
            "min_value": COUNT_RANGE,
            "max_value": COUNT_RANGE,
        },
    )
    grades = forms.TypedMultipleChoiceField(
        label="年级（不选即全部）",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请选择本校的年级。"},
    )
    subjects = forms.ModelMultipleChoiceField(
        Subject.objects.all(),
        label="学科（不选即全部）",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请选择列出的学科。", "invalid_pk_value": "请选择列出的学科。"},
    )
    seed = forms.IntegerField(
        label="抽样种子（可不填）",
        min_value=0,
        max_value=LARGEST_SEED,
        required=False,
        widget=forms.NumberInput(attrs=CONTROL | {"inputmode": "numeric"}),
        error_messages={"invalid": SEED_RANGE, "min_value": SEED_RANGE, "max_value": SEED_RANGE},
    )
    digest = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)  # of the list that was previewed
    key = forms.UUIDField(  # a form sent twice is carried out once
        required=False, widget=forms.HiddenInput, error_messages={"invalid": "页面已过期，请刷新后再试。"}
    )

    def __init__(self, *args: Any, grades: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grades"].choices = [(grade, GRADE_NAMES[grade]) for grade in grades]  # type: ignore[attr-defined]
        self.fields["subjects"].queryset = Subject.objects.filter(homework_grades__overlap=list(grades))  # type: ignore[attr-defined]
        self.initial.setdefault("key", uuid.uuid4())

    def clean_last_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["last_day"]
        if day > timezone.localdate():
            raise forms.ValidationError("只能检查到今天为止的作业。")
        return day

    def clean_seed(self) -> int:
        seed: int | None = self.cleaned_data["seed"]
        return secrets.randbelow(LARGEST_SEED + 1) if seed is None else seed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first_day, last_day = data.get("first_day"), data.get("last_day")
        if first_day and last_day and first_day > last_day:
            self.add_error("last_day", "截止日期不能早于起始日期。")
        return data


def _yes_no(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", "是"), ("no", "否")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs=SEGMENTS),
        error_messages={"required": "请选择是或否。", "invalid_choice": "请选择是或否。"},
    )


class SampleForm(forms.Form):
    is_all_marked = _yes_no("全批全改")
    is_layered = _yes_no("分层布置")
    is_face_to_face = _yes_no("有面批")
    problems = forms.CharField(
        label="问题（没有可不填，不写教师姓名）",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs=CONTROL | {"rows": 3}),
        error_messages={"max_length": "问题最多%(limit_value)d字，现在有%(show_value)d字。"},
    )


class SummaryForm(forms.Form):
    summary = forms.CharField(
        label="小结（不写教师姓名）",
        max_length=1000,
        widget=forms.Textarea(attrs=CONTROL | {"rows": 5}),
        error_messages={
            "required": "请填写小结。",
            "max_length": "小结最多%(limit_value)d字，现在有%(show_value)d字。",
        },
    )
