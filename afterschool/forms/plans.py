"""What a school types of its plan: its days, and rows of the timetable that hold on several days of the week."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from afterschool.models import Plan, PlanSlot, Season, SlotKind
from afterschool.plan_terms import PlanTerms, TitledSlot
from afterschool.policy import SCHOOL_WEEK
from afterschool.week import WEEKDAYS, Slot, minute_of, time_of
from schools.models.classes import GRADE_NAMES

MOST_ROWS = 24
LAST_MINUTE = 24 * 60 - 1
USUAL_END_OF_LESSONS = dt.time(16)

CONTROL = {"class": "form-control"}
SELECT = {"class": "form-select"}
DAY = CONTROL | {"type": "date"}
CLOCK = CONTROL | {"type": "time"}
TICKS = {"class": "btn-check", "autocomplete": "off"}

# By name: what it says on its button, and its rows: title, minutes (None: until the end), weekdays.
Shape = tuple[str, list[tuple[str, int | None, Sequence[int]]]]
SHAPES: dict[str, Shape] = {
    "5+2": ("5+2：每天一段", [("作业辅导和自主活动", None, SCHOOL_WEEK)]),
    "1+X": ("1+X：作业辅导加自选", [("作业辅导", 60, SCHOOL_WEEK), ("自选活动", None, SCHOOL_WEEK)]),
    "clubs": ("作业辅导+社团：隔天", [("作业辅导", None, (1, 3, 5)), ("社团", None, (2, 4))]),
    "own": ("自定义：空白行", [("", None, SCHOOL_WEEK)]),
}


def _day(label: str, name: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=help_text,
        error_messages={"required": f"请填写{name}。", "invalid": f"{name}不对，请重新选择。"},
    )


def _clock(label: str, name: str, *, required: bool = True, help_text: str = "") -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=required,
        widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"),
        help_text=help_text,
        error_messages={"required": f"请填写{name}。", "invalid": f"{name}不对，应如17:30。"},
    )


def _text(field: str, *, rows: int = 2, help_text: str = "") -> forms.CharField:
    column: Any = Plan._meta.get_field(field)
    label, longest = str(column.verbose_name), column.max_length
    return forms.CharField(
        label=label,
        max_length=longest,
        required=False,
        widget=forms.Textarea(attrs=CONTROL | {"rows": rows}),
        help_text=help_text,
        error_messages={"max_length": f"{label}最多%(limit_value)d字，现在有%(show_value)d字。"},
    )


class PlanForm(forms.Form):
    """What is no timetable. `grades` are the school's."""

    first_day = _day("从哪一天起", "起始日期")
    last_day = _day("到哪一天为止", "截止日期")
    lessons_end_at = _clock("课程几点结束", "课程结束时间", help_text="最后一节课下课的时间，课后服务不能早于它。")
    winter_first_day = _day("冬季作息从", "冬季作息的起始日期", required=False)
    winter_last_day = _day("冬季作息到", "冬季作息的截止日期", required=False)
    places = _text("places", help_text="如：各班教室、操场、图书室、美术室。")
    fee = _text("fee", help_text="不收费的写“不收费”。")
    fee_published_at = _text("fee_published_at", help_text="如：校门口公示栏、学校公众号。收费的必须公示。")
    safety = _text("safety", rows=5, help_text="看管、接送、值班、应急处置。")
    key = forms.UUIDField(  # a form sent twice is carried out once
        required=False, widget=forms.HiddenInput, error_messages={"invalid": "页面已过期，请刷新后再试。"}
    )

    def __init__(self, *args: Any, grades: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grades = grades
        for grade in grades:
            name = f"{GRADE_NAMES[grade]}离校时间"
            self.fields[f"leaves_{grade}"] = _clock(GRADE_NAMES[grade], name, required=False)
        self.initial.setdefault("key", uuid.uuid4())

    @property
    def dismissal_fields(self) -> list[BoundField]:
        return [self[f"leaves_{grade}"] for grade in self.grades]

    def dismissals(self) -> dict[int, dt.time]:
        """Of a valid form."""
        found = {grade: self.cleaned_data[f"leaves_{grade}"] for grade in self.grades}
        return {grade: time for grade, time in found.items() if time}


class RowForm(forms.Form):
    """One time of the day on several days of the week. A row without any time and content says nothing."""

    kind = forms.ChoiceField(
        label="类型",
        choices=SlotKind.choices,
        initial=SlotKind.SERVICE,
        widget=forms.Select(attrs=SELECT),
        error_messages={"required": "请选择类型。", "invalid_choice": "请选择列出的类型。"},
    )
    season = forms.ChoiceField(
        label="作息",
        choices=Season.choices,
        initial=Season.ALL,
        widget=forms.Select(attrs=SELECT),
        error_messages={"required": "请选择作息。", "invalid_choice": "请选择列出的作息。"},
    )
    title = forms.CharField(
        label="内容",
        max_length=PlanSlot._meta.get_field("title").max_length,
        required=False,
        widget=forms.TextInput(attrs=CONTROL | {"placeholder": "如：作业辅导"}),
        error_messages={"max_length": "内容最多%(limit_value)d字，现在有%(show_value)d字。"},
    )
    starts_at = _clock("开始", "开始时间", required=False)
    ends_at = _clock("结束", "结束时间", required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label="星期",
        coerce=int,
        choices=[(str(day), WEEKDAYS[day]) for day in SCHOOL_WEEK],
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=TICKS),
        error_messages={"invalid_choice": "请选择周一到周五。"},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if self.errors or not (starts_at or ends_at or data.get("title")):
            return data
        if not starts_at:
            self.add_error("starts_at", "请填写开始时间。")
        if not ends_at:
            self.add_error("ends_at", "请填写结束时间。")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "结束时间必须晚于开始时间。")
        if not data.get("weekdays"):
            self.add_error("weekdays", "请选择星期几。")
        return data

    def slots(self) -> Iterator[TitledSlot]:
        """Of a valid form."""
        data = self.cleaned_data
        if data["starts_at"]:
            for weekday in data["weekdays"]:
                slot = Slot(weekday, data["starts_at"], data["ends_at"])
                yield TitledSlot(slot, data["title"], data["kind"], data["season"])


class PlanForms:
    """The form and its rows, which are numbered in the names of their fields; `data` says how many there are."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        grades: Sequence[int],
        initial: Mapping[str, Any] | None = None,
        rows: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self.form = PlanForm(data, grades=grades, initial=dict(initial or {}))
        count = _count(data) if data is not None else len(rows)
        self.rows = [
            RowForm(data, prefix=_prefix(place), initial=dict(rows[place]) if data is None else None)
            for place in range(count)
        ]
        self.slot_errors: list[str] = []

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *[row.is_valid() for row in self.rows]])

    @property
    def has_errors(self) -> bool:
        return bool(self.form.errors or self.slot_errors or any(row.errors for row in self.rows))

    def terms(self) -> PlanTerms:
        """Of valid forms."""
        data = {name: self.form.cleaned_data[name] for name in TERMS}
        slots = tuple(slot for row in self.rows for slot in row.slots())
        return PlanTerms(**data, slots=slots, dismissals=self.form.dismissals())


TERMS = (
    "first_day",
    "last_day",
    "lessons_end_at",
    "winter_first_day",
    "winter_last_day",
    "places",
    "fee",
    "fee_published_at",
    "safety",
)
ROW_FIELDS = ("kind", "season", "title", "starts_at", "ends_at")


def typed(data: QueryDict, grades: Sequence[int]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """As it was typed, right or wrong: to be shown again without a word, as `initial` and `rows` of PlanForms."""
    names = [*TERMS, "key", *(f"leaves_{grade}" for grade in grades)]
    rows = [
        {name: data.get(f"{_prefix(place)}-{name}", "") for name in ROW_FIELDS}
        | {"weekdays": data.getlist(f"{_prefix(place)}-weekdays")}
        for place in range(_count(data))
    ]
    return {name: data[name] for name in names if name in data}, rows


def initial_of(terms: PlanTerms) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Forms filled with what a version says: times that are equal on several days make one row."""
    rows: dict[tuple[str, str, str, dt.time, dt.time], list[str]] = {}
    for one in sorted(terms.slots, key=lambda titled: (titled.season, titled.slot.starts_at, titled.slot.weekday)):
        what = (one.kind, one.season, one.title, one.slot.starts_at, one.slot.ends_at)
        rows.setdefault(what, []).append(str(one.slot.weekday))
    initial = {name: getattr(terms, name) for name in TERMS}
    initial |= {f"leaves_{grade}": time for grade, time in terms.dismissals.items()}
    return initial, [dict(zip(ROW_FIELDS, what, strict=True)) | {"weekdays": days} for what, days in rows.items()]


def shaped(shape: str, *, lessons_end_at: dt.time, off_work: Mapping[str, dt.time | None]) -> list[dict[str, Any]]:
    """The rows of a shape: from the end of lessons for two hours, and on until people leave work, for each season."""
    start = minute_of(lessons_end_at)
    by_end: dict[int, list[str]] = {}
    for season, time in off_work.items():
        end = min(max(start + 120, minute_of(time) if time else 0), LAST_MINUTE)
        by_end.setdefault(end, []).append(season)
    return [
        row
        for end, seasons in by_end.items()
        for row in _rows_until(shape, start, end, seasons[0] if len(by_end) > 1 else Season.ALL.value)
    ]


def _rows_until(shape: str, start: int, end: int, season: str) -> Iterator[dict[str, Any]]:
    begins: dict[int, int] = {}  # by weekday, where the day's next row begins
    for title, minutes, weekdays in SHAPES[shape][1]:
        begin = begins.get(weekdays[0], start)
        until = end if minutes is None else min(begin + minutes, end)
        begins |= dict.fromkeys(weekdays, until)
        yield {
            "kind": SlotKind.SERVICE.value,
            "season": season,
            "title": title,
            "starts_at": "" if shape == "own" else time_of(begin),
            "ends_at": "" if shape == "own" else time_of(until),
            "weekdays": [str(day) for day in weekdays],
        }


def _prefix(place: int) -> str:
    return f"row-{place}"


def _count(data: QueryDict) -> int:
    asked = data.get("rows", "")
    return min(int(asked), MOST_ROWS) if asked.isdecimal() and len(asked) < 4 else 0
