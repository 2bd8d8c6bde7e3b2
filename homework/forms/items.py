"""What a teacher types: an item of homework, and the one-tap forms."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from homework.models import Item, Kind
from schools.models import ClassGroup, Subject

SEGMENTS = {"class": "btn-check", "autocomplete": "off"}

MINUTES_RANGE = "预计用时应在0到240分钟之间。"
# What a refused field of an item is answered, by the field and what is wrong with it.
ITEM_ERRORS = {
    "day": {"required": "没有写明是哪一天的作业，请刷新页面重试。", "invalid": "作业日期不对，请刷新页面重试。"},
    "subject": {"required": "请选择学科。", "invalid_choice": "请选择您在这个班任教的学科。"},
    "content": {
        "required": "请填写作业内容。",
        "max_length": "作业内容最多%(limit_value)d字，现在有%(show_value)d字。",
    },
    "kind": {"required": "请选择作业类型。", "invalid_choice": "请选择作业类型。"},
    "place": {"required": "请选择在哪里完成。", "invalid_choice": "请选择在哪里完成。"},
    "layer": {"required": "请选择适用学生。", "invalid_choice": "请选择适用学生。"},
    "also": {"invalid_choice": "只能同时发到您任教同一学科的班级。"},
    "minutes": {"invalid": "预计用时请填写整数。", "min_value": MINUTES_RANGE, "max_value": MINUTES_RANGE},
    "overrun_reason": {"max_length": "超量原因最多%(limit_value)d字，现在有%(show_value)d字。"},
}


class ItemForm(forms.ModelForm):
    """One item for a class and, where the teacher says so, for others in which she teaches the same subject.

    `subjects` are those she teaches in the class; `others` are her other classes with the ids of her subjects there.
    """

    day = forms.DateField(widget=forms.HiddenInput)
    subject = forms.ModelChoiceField(
        Subject.objects.none(), label="学科", widget=forms.RadioSelect(attrs=SEGMENTS), empty_label=None
    )
    also = forms.TypedMultipleChoiceField(
        label="同时发到", coerce=int, required=False, widget=forms.CheckboxSelectMultiple(attrs=SEGMENTS)
    )
    minutes = forms.IntegerField(
        label="预计用时（分钟）",
        min_value=0,
        max_value=240,
        required=False,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric", "placeholder": "分钟"}),
    )
    overrun_reason = forms.CharField(
        label="超量原因", max_length=60, required=False, widget=forms.TextInput(attrs={"class": "form-control"})
    )

    class Meta:
        model = Item
        fields = ["content", "kind", "place", "layer", "minutes"]
        widgets = {
            "content": forms.Textarea(
                attrs={"rows": 2, "class": "form-control", "placeholder": "如：练习册第12页1—4题"}
            ),
            "kind": forms.RadioSelect(attrs=SEGMENTS),
            "place": forms.RadioSelect(attrs=SEGMENTS),
            "layer": forms.RadioSelect(attrs=SEGMENTS),
        }

    def __init__(
        self,
        *args: Any,
        subjects: Iterable[Subject],
        others: Mapping[int, tuple[ClassGroup, set[int]]],
        day: dt.date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        taught = list(subjects)
        self.others = others
        self.class_day = day
        self.fields["subject"].queryset = Subject.objects.filter(pk__in=[subject.pk for subject in taught])  # type: ignore[attr-defined]
        self.fields["subject"].choices = [(subject.pk, subject.name) for subject in taught]  # type: ignore[attr-defined]
        self.fields["also"].choices = [(pk, group.name_on(day)) for pk, (group, _) in others.items()]  # type: ignore[attr-defined]
        for name, words in ITEM_ERRORS.items():
            self.fields[name].error_messages |= words
        self.initial.setdefault("day", day)
        self.initial.setdefault("subject", taught[0].pk if taught else None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "minutes" not in self.errors:
            data["minutes"] = data["minutes"] or 0
            if data.get("kind") == Kind.WRITTEN and not data["minutes"]:
                self.add_error("minutes", "书面作业请填写预计用时（至少1分钟）。")
        subject = data.get("subject")
        for pk in data.get("also", []):
            group, subjects = self.others[pk]
            if subject and subject.pk not in subjects:
                self.add_error("also", f"您不教{group.name_on(self.class_day)}的{subject}。")
        return data


class SubjectDayForm(forms.Form):
    """Which subject of which day: the one-tap forms."""

    day = forms.DateField()
    subject = forms.ModelChoiceField(Subject.objects.all())


class DayForm(forms.Form):
    day = forms.DateField()
