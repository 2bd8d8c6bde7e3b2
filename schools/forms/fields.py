"""Fields as these pages ask them, each saying in Chinese what to do when it is wrong."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

PICK = "请从列表中选择。"


def text(label: str, most: int, *, required: bool = True, long: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}) if long else forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": f"请填写{label}。",
            "max_length": f"{label}最多%(limit_value)d字，现在有%(show_value)d字。",
        },
    )


def day(label: str, *, required: bool = True, help_text: str = "", is_today: bool = False) -> forms.DateField:
    """`is_today`: what is offered first."""
    return forms.DateField(
        label=label,
        required=required,
        initial=timezone.localdate if is_today else None,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": f"请填写{label}。", "invalid": f"{label}不对，请重新选择日期。"},
    )


def time(label: str) -> forms.TimeField:
    """May be left out: the line that it belongs to may be empty."""
    return forms.TimeField(
        label=label,
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "form-control"}, format="%H:%M"),
        error_messages={"invalid": f"{label}时间不对，应如16:00。"},
    )


def number(label: str, least: int, most: int) -> forms.IntegerField:
    words = f"{label}请填{least}到{most}之间的整数。"
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
    )


class MoneyField(forms.DecimalField):
    """Typed in yuan, given as whole 分."""

    def __init__(self, label: str, *, required: bool = True, help_text: str = "") -> None:
        words = f"{label}请填以元为单位的金额，最多两位小数，如5000或1280.50。"
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            min_value=0,
            max_digits=13,
            decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages=dict.fromkeys(
                ("invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits"), words
            )
            | {"required": f"请填写{label}。"},
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)

    def clean(self, value: Any) -> int | None:
        yuan = super().clean(value)
        return None if yuan is None else int(yuan * 100)


def choice(label: str, choices: Any, *, help_text: str = "", radios: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        help_text=help_text,
        widget=forms.RadioSelect if radios else forms.Select,
        error_messages={"required": f"请选择{label}。", "invalid_choice": PICK},
    )


class RowField(forms.ModelChoiceField):
    """A row of a queryset that the form is given; `words` says it in the list."""

    def __init__(self, label: str, *, required: bool = True, help_text: str = "", empty: str = "请选择") -> None:
        super().__init__(
            queryset=None,
            label=label,
            required=required,
            help_text=help_text,
            empty_label=empty,
            error_messages={"required": f"请选择{label}。", "invalid_choice": PICK},
        )
        self.words: Any = str

    def label_from_instance(self, obj: Any) -> str:
        return str(self.words(obj))


def offer(form: forms.Form, name: str, rows: QuerySet[Any], words: Any = str) -> None:
    """Give a RowField of `form` its rows."""
    field = form.fields[name]
    field.queryset, field.words = rows, words  # type: ignore[attr-defined]


def key() -> forms.UUIDField:
    """Of a form that a phone may send twice."""
    return forms.UUIDField(
        required=False,
        initial=uuid.uuid4,
        widget=forms.HiddenInput,
        error_messages={"invalid": "页面已过期，请刷新后再试。"},
    )


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, each read by `take` (paper.files) into what is kept; always of the sender's own will."""

    def __init__(self, label: str, *, take: Any, accept: str, help_text: str = "") -> None:
        self.take = take
        super().__init__(
            label=label,
            required=False,
            help_text=help_text,
            widget=FilesInput(attrs={"accept": accept, "multiple": True}),
        )

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        sent = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [self.take(file.name, file) for file in sent]
