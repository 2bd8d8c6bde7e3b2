"""What a teacher types: an item of homework, and the one-tap forms."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from homework import wording
from homework.models import Item, Kind, SavedItem
from schools.models import ClassGroup, Subject

SEGMENTS = {"class": "btn-check", "autocomplete": "off"}

MINUTES = {"class": "form-control", "inputmode": "numeric", "placeholder": "分钟"}

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
    "key": {"invalid": "页面已过期，请刷新后再试。"},
}


class ItemForm(forms.ModelForm):
    """One item for a class and, where the teacher says so, for others in which she teaches the same subject.

    `subjects` are those she teaches in the class; `others` are her other classes with the ids of her subjects there;
    `usual` are minutes to begin with, by subject id. A wording that a rule speaks against sends the form back once.
    """

    day = forms.DateField(widget=forms.HiddenInput)
    subject = forms.ChoiceField(label="学科", widget=forms.RadioSelect(attrs=SEGMENTS))
    also = forms.TypedMultipleChoiceField(
        label="同时发到", coerce=int, required=False, widget=forms.CheckboxSelectMultiple(attrs=SEGMENTS)
    )
    minutes = forms.IntegerField(
        label="预计用时（分钟）",
        min_value=0,
        max_value=240,
        required=False,
        widget=forms.NumberInput(attrs=MINUTES),
    )
    overrun_reason = forms.CharField(
        label="超量原因", max_length=60, required=False, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    keep = forms.BooleanField(
        label="存为常用", required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)  # a form sent twice is carried out once
    seen = forms.CharField(required=False)  # ids of the wording rules of which she was told already

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
        usual: Mapping[int, int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        taught = list(subjects)
        self.taught = {str(subject.pk): subject for subject in taught}
        self.others = others
        self.usual = dict(usual or {})
        self.told: list[wording.WordingRule] = []
        self.class_day = day
        self.fields["subject"].choices = [(subject.pk, subject.name) for subject in taught]  # type: ignore[attr-defined]
        self.fields["also"].choices = [(pk, group.name_on(day)) for pk, (group, _) in others.items()]  # type: ignore[attr-defined]
        for name, words in ITEM_ERRORS.items():
            self.fields[name].error_messages |= words
        self.initial.setdefault("day", day)
        self.initial.setdefault("key", uuid.uuid4())
        self.initial.setdefault("subject", taught[0].pk if taught else None)
        if self.usual.get(self.initial["subject"]):
            self.initial.setdefault("minutes", self.usual[self.initial["subject"]])

    @property
    def usual_json(self) -> str:
        return json.dumps(self.usual)

    @property
    def told_ids(self) -> str:
        return ",".join(rule.id for rule in self.told)

    def clean_subject(self) -> Subject:
        return self.taught[self.cleaned_data["subject"]]

    def _post_clean(self) -> None:
        """The service validates the row, once."""

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
        self._warn(data)
        return data

    def _warn(self, data: dict[str, Any]) -> None:
        """Of what she has not been told yet."""
        self.told = wording.check(data.get("content") or "")
        seen = data.get("seen", "").split(",")
        if any(rule.id not in seen for rule in self.told):
            self.add_error("seen", "请看一看提示，再决定是否公示。")


class ReasonForm(forms.Form):
    """Why an item is taken back: one tap, or a few words."""

    QUICK: tuple[str, ...] = ("内容写错了", "时间估计不准", "发错了班级", "改为在校完成", "当天不布置了")

    reason = forms.CharField(
        label="原因",
        max_length=60,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={
            "required": "请写明更正或撤回的原因。",
            "max_length": "原因最多%(limit_value)d字，现在有%(show_value)d字。",
        },
    )


class CorrectionForm(ItemForm, ReasonForm):
    """What stands in place of an item, and why. Another class or no homework at all is a withdrawal."""

    QUICK = ("内容写错了", "时间估计不准", "改为在校完成")

    def __init__(self, *args: Any, subjects: Iterable[Subject], **kwargs: Any) -> None:
        self.offered = list(subjects)
        super().__init__(*args, subjects=self.offered, others={}, **kwargs)
        del self.fields["also"], self.fields["keep"]


class SavedItemForm(forms.ModelForm):
    """A template of hers. `subjects` are those she teaches, and the one it has."""

    class Meta:
        model = SavedItem
        fields = ["subject", "content", "kind", "place", "layer", "minutes"]
        labels = {"subject": "学科"}
        widgets = ItemForm.Meta.widgets | {
            "subject": forms.RadioSelect(attrs=SEGMENTS),
            "minutes": forms.NumberInput(attrs=MINUTES),
        }

    def __init__(self, *args: Any, subjects: Iterable[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(subjects)
        self.fields["subject"].queryset = Subject.objects.filter(pk__in=[subject.pk for subject in offered])  # type: ignore[attr-defined]
        self.fields["subject"].choices = [(subject.pk, subject.name) for subject in offered]  # type: ignore[attr-defined]
        for name in self.fields:
            self.fields[name].error_messages |= ITEM_ERRORS[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == Kind.WRITTEN and data.get("minutes") == 0:
            self.add_error("minutes", "书面作业请填写预计用时（至少1分钟）。")
        return data


class SubjectDayForm(forms.Form):
    """Which subject of which day: the one-tap forms."""

    day = forms.DateField()
    subject = forms.ModelChoiceField(Subject.objects.all())
