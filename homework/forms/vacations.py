"""What people type about a vacation: something to do, and until when it lasts."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict

from homework import wording
from homework.forms.items import SEGMENTS
from homework.models import Kind, VacationItem
from schools.models import Subject

MINUTES_RANGE = "平均每天用时应在0到240分钟之间。"
WORDS: dict[str, dict[str, str]] = {
    "subject": {"required": "请选择学科。", "invalid_choice": "请选择您在这个班任教的学科。"},
    "content": {
        "required": "请填写作业内容。",
        "max_length": "作业内容最多%(limit_value)d字，现在有%(show_value)d字。",
    },
    "kind": {"required": "请选择作业类型。", "invalid_choice": "请选择作业类型。"},
    "layer": {"required": "请选择适用学生。", "invalid_choice": "请选择适用学生。"},
    "also": {"invalid_choice": "只能同时发到您任教同一学科的班级。"},
    "daily_minutes": {
        "required": "请填写平均每天用时；没有固定用时的填0。",
        "invalid": "平均每天用时请填写整数。",
        "min_value": MINUTES_RANGE,
        "max_value": MINUTES_RANGE,
    },
    "key": {"invalid": "页面已过期，请刷新后再试。"},
}


class VacationItemForm(forms.ModelForm):
    """`subjects` are those she teaches in the class; `others` her other classes: id, name, ids of her subjects there.

    A wording that a rule speaks against is shown once; `heeded` tells that she has seen it and goes on.
    """

    subject = forms.ModelChoiceField(
        Subject.objects.none(), label="学科", widget=forms.RadioSelect(attrs=SEGMENTS), empty_label=None
    )
    also = forms.TypedMultipleChoiceField(
        label="同时发到", coerce=int, required=False, widget=forms.CheckboxSelectMultiple(attrs=SEGMENTS)
    )
    daily_minutes = forms.IntegerField(
        label="平均每天用时（分钟）",
        min_value=0,
        max_value=240,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )
    heeded = forms.CharField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)  # a form sent twice is carried out once

    class Meta:
        model = VacationItem
        fields = ["content", "kind", "layer", "daily_minutes"]
        widgets = {
            "content": forms.Textarea(
                attrs={"rows": 3, "class": "form-control", "placeholder": "如：读《西游记》少年版，每天两章"}
            ),
            "kind": forms.RadioSelect(attrs=SEGMENTS),
            "layer": forms.RadioSelect(attrs=SEGMENTS),
        }

    def __init__(
        self,
        *args: Any,
        subjects: Iterable[Subject],
        others: Mapping[int, tuple[str, set[int]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        taught = list(subjects)
        self.others = others
        self.warnings: list[wording.WordingRule] = []
        self.fields["subject"].queryset = Subject.objects.filter(pk__in=[subject.pk for subject in taught])  # type: ignore[attr-defined]
        self.fields["subject"].choices = [(subject.pk, subject.name) for subject in taught]  # type: ignore[attr-defined]
        self.fields["also"].choices = [(pk, name) for pk, (name, _) in others.items()]  # type: ignore[attr-defined]
        for name, words in WORDS.items():
            self.fields[name].error_messages |= words
        self.initial.setdefault("subject", taught[0].pk if taught else None)
        self.initial.setdefault("key", uuid.uuid4())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == Kind.WRITTEN and data.get("daily_minutes") == 0:
            self.add_error("daily_minutes", "书面作业请填写平均每天用时（至少1分钟）。")
        subject = data.get("subject")
        for pk in data.get("also", []):
            name, subjects = self.others[pk]
            if subject and subject.pk not in subjects:
                self.add_error("also", f"您不教{name}的{subject}。")
        self._warn(data)
        return data

    def _warn(self, data: dict[str, Any]) -> None:
        """What she has not seen yet holds the form back once."""
        rules = wording.check(data.get("content", ""))
        seen = " ".join(rule.id for rule in rules)
        if not rules or data.get("heeded") == seen:
            return
        self.warnings = rules
        sent = cast(QueryDict, self.data).copy()
        sent["heeded"] = seen
        self.data = sent
        self.add_error(None, "内容里有规定不提倡的说法，请看下面的提醒。改好再公示；认为没有问题的，再点一次“公示”。")

    def _post_clean(self) -> None:
        """The service validates the whole row; here it lacks its plan."""


class VacationEndForm(forms.Form):
    last_day = forms.DateField(
        label="假期最后一天",
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写假期最后一天。", "invalid": "日期不对，请重新选择。"},
    )
