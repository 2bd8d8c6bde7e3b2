"""What people type every day: a roll, counts from paper, reasons, duties, incidents."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from afterschool.daily import Row
from afterschool.models import Absence, Duty, Session, Worker
from afterschool.services.rolls import LONGEST_CONTENT, Counts, Mark

CONTROL = {"class": "form-control"}
SELECT = {"class": "form-select"}
NUMBER = CONTROL | {"inputmode": "numeric", "min": 0}
TOO_LONG = "最多%(limit_value)d字，现在有%(show_value)d字。"
BAD_TIME = "时间不对，请重新选择，如16:20。"
BAD_DAY = "日期不对，请重新选择。"
EXPIRED = "页面已过期，请刷新后再试。"
MARKS = [("", "到"), *Absence.Kind.choices]


def _key() -> forms.UUIDField:
    """A form sent twice is carried out once."""
    return forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages={"invalid": EXPIRED})


def _seen() -> forms.DateTimeField:
    """When the roll that the page showed had been taken."""
    return forms.DateTimeField(required=False, widget=forms.HiddenInput, error_messages={"invalid": EXPIRED})


def _words(label: str, longest: int, required: str = "", *, rows: int = 2, **attrs: object) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=bool(required),
        widget=forms.Textarea(attrs=CONTROL | {"rows": rows} | attrs),
        error_messages={"required": required, "max_length": TOO_LONG},
    )


def _time(label: str, required: str = "") -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=bool(required),
        widget=forms.TimeInput(attrs=CONTROL | {"type": "time"}, format="%H:%M"),
        error_messages={"required": required, "invalid": BAD_TIME},
    )


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs=CONTROL | {"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选择日期。", "invalid": BAD_DAY},
    )


class RollForm(forms.Form):
    """Three fields per pupil, named by her id: no name of hers is in what the phone sends or keeps."""

    content = _words("看管记录", LONGEST_CONTENT, placeholder="今天做了什么，如：完成作业、阅读、练球")
    seen = _seen()
    key = _key()

    def __init__(self, *args: Any, session: Session, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roll = rows
        self.initial["content"], self.initial["key"] = session.content, uuid.uuid4()
        self.initial["seen"] = session.recorded_at.isoformat() if session.recorded_at else ""
        for row in rows:
            self._add_pupil(row)

    def _add_pupil(self, row: Row) -> None:
        mark, left_at, fetched_by = (f"{name}_{row.pupil_id}" for name in ("mark", "left", "by"))
        self.fields[mark] = forms.ChoiceField(
            label=row.name,
            choices=MARKS,
            required=False,
            widget=forms.Select(attrs=SELECT),
            error_messages={"invalid_choice": "请在到、缺席、请假、提前接走中选。"},
        )
        self.fields[left_at] = _time("接走时间")
        self.fields[fetched_by] = forms.CharField(
            label="接走人",
            max_length=20,
            required=False,
            widget=forms.TextInput(attrs=CONTROL | {"placeholder": "如：爷爷"}),
            error_messages={"max_length": TOO_LONG},
        )
        self.initial.update({mark: row.kind, left_at: row.left_at, fetched_by: row.fetched_by})

    def lines(self) -> Iterator[tuple[Row, forms.BoundField, forms.BoundField, forms.BoundField]]:
        for row in self.roll:
            yield row, *(self[f"{name}_{row.pupil_id}"] for name in ("mark", "left", "by"))  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for row in self.roll:
            if data.get(f"mark_{row.pupil_id}") != Absence.Kind.LEFT_EARLY:
                continue
            if not data.get(f"left_{row.pupil_id}") and f"left_{row.pupil_id}" not in self.errors:
                self.add_error(f"left_{row.pupil_id}", "请填写接走时间。")
            if not data.get(f"by_{row.pupil_id}") and f"by_{row.pupil_id}" not in self.errors:
                self.add_error(f"by_{row.pupil_id}", "请填写接走人。")
        return data

    @property
    def marks(self) -> list[Mark]:
        data = self.cleaned_data
        return [
            Mark(row.pupil_id, kind, data[f"left_{row.pupil_id}"], data[f"by_{row.pupil_id}"])
            for row in self.roll
            if (kind := data[f"mark_{row.pupil_id}"])
        ]


class CountsForm(forms.Form):
    """A line of a day's paper lists. What is not ticked is not entered."""

    is_entered = forms.BooleanField(label="登记", required=False)
    content = forms.CharField(
        label="看管记录",
        max_length=LONGEST_CONTENT,
        required=False,
        widget=forms.TextInput(attrs=CONTROL),
        error_messages={"max_length": TOO_LONG},
    )
    seen = _seen()

    def __init__(self, data: QueryDict | None = None, *, session: Session) -> None:
        super().__init__(data, prefix=f"s{session.pk}")
        self.session = session
        self.initial["seen"] = session.recorded_at.isoformat() if session.recorded_at else ""
        kinds = (("expected", "应到"), ("absent", "缺席"), ("on_leave", "请假"), ("left_early", "提前接走"))
        for name, label in kinds:
            self.fields[name] = forms.IntegerField(
                label=label,
                min_value=0,
                max_value=200,
                required=False,
                widget=forms.NumberInput(attrs=NUMBER),
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), f"{label}请填0到200的整数。"),
            )
            self.initial[name] = getattr(session, name)
        self.initial["content"] = session.content

    @property
    def counts(self) -> Counts:
        data = self.cleaned_data
        return Counts(*(data[name] or 0 for name in ("expected", "absent", "on_leave", "left_early")))


class ReasonForm(forms.Form):
    reason = _words("原因", 100, "请写明原因。")


class BreakForm(ReasonForm):
    day = _day("哪一天")
    field_order = ("day", "reason")


class WeekdayForm(forms.Form):
    """Whose timetable holds on the day; empty: the day's own."""

    day = _day("日期")
    weekday = forms.TypedChoiceField(
        label="按哪天的时间",
        choices=[("", "按当天"), ("1", "周一"), ("2", "周二"), ("3", "周三"), ("4", "周四"), ("5", "周五")],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.Select(attrs=SELECT),
        error_messages={"invalid_choice": "请在列出的星期中选。"},
    )


class WorkerForm(forms.Form):
    """`workers`: whom one may choose."""

    worker = forms.ModelChoiceField(
        Worker.objects.none(),
        label="人员",
        widget=forms.Select(attrs=SELECT),
        empty_label="请选择",
        error_messages={"required": "请选择人员。", "invalid_choice": "请从列出的人员中选。"},
    )

    def __init__(self, *args: Any, workers: Iterable[Worker], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].queryset = workers  # type: ignore[attr-defined]


class DutyForm(WorkerForm):
    day = _day("日期")
    kind = forms.ChoiceField(
        label="值班类型",
        choices=[(kind, kind.label) for kind in (Duty.Kind.LEAD, Duty.Kind.PATROL)],
        widget=forms.Select(attrs=SELECT),
        error_messages={"required": "请选择值班类型。", "invalid_choice": "请选择值班领导或巡查。"},
    )
    starts_at = _time("开始", "请填写开始时间。")
    ends_at = _time("结束", "请填写结束时间。")
    key = _key()
    field_order = ("day", "kind", "worker", "starts_at", "ends_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())


class IncidentForm(forms.Form):
    """Nobody is named in it: the principal asks the one who reports."""

    day = _day("日期")
    happened_at = _time("时间", "请填写发生的时间。")
    what = _words(
        "发生了什么", 300, "请写明发生了什么。", rows=3, placeholder="时间、地点、经过；学生写年级班级，不写姓名"
    )
    first_aid = _words("现场怎样处置", 300)
    guardian_told_at = _time("几点通知家长（没通知可不填）")
    follow_up = _words("后续怎样处理", 300)
    key = _key()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.localtime()
        for name, value in (("day", now.date()), ("happened_at", now.time()), ("key", uuid.uuid4())):
            self.initial.setdefault(name, value)

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError("还没有到这一天，请核对日期。")
        return day


class FollowUpForm(forms.Form):
    text = _words("补充后续处理", 300, "请写明后续处理。")


class OutcomeForm(forms.Form):
    outcome = _words("处理结果", 300, "请写明处理结果再办结。", rows=3)
