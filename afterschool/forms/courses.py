"""What 教导处 types of courses, rooms and groups."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from afterschool.models import Course, CourseGroup, CourseKind, Nature, Room, Worker
from afterschool.services.groups import Arrangement
from afterschool.week import WEEKDAYS, Slot
from schools.forms import fields
from schools.models import School
from schools.models.classes import GRADE_NAMES

FEWEST_LINES = 2
WEEK = [(str(weekday), WEEKDAYS[weekday]) for weekday in range(1, 8)]


class CourseForm(forms.Form):
    name = fields.text("课程名称", 40, help_text="如：作业辅导、乒乓球、剪纸。")
    kind = fields.choice("类型", CourseKind.choices)
    nature = fields.choice("做什么", Nature.choices, radios=True, help_text="课后服务不得讲授新课，不得集体补课。")
    about = fields.text("简介", 200, required=False, long=True)
    is_closed = forms.BooleanField(label="停开（不再开新班组）", required=False)
    key = fields.key()

    def __init__(self, *args: Any, course: Course | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if course is None:
            del self.fields["is_closed"]
            self.initial.setdefault("nature", Nature.INTEREST)
        else:
            del self.fields["key"]
            names = ("name", "kind", "nature", "about", "is_closed")
            self.initial = {name: getattr(course, name) for name in names}


class RoomForm(forms.Form):
    name = fields.text("场地名称", 40)


class GroupForm(forms.Form):
    """The week is said in lines: some weekdays with one time. There is always an empty line more."""

    name = fields.text("班组名称", 40, help_text="如：五年级1班作业辅导、乒乓球初级班。")
    grades = forms.TypedMultipleChoiceField(
        label="年级",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择年级。", "invalid_choice": fields.PICK},
    )
    worker = fields.RowField("教师", help_text="从课后服务人员中选。")
    room = fields.RowField("场地", required=False, empty="不指定")
    capacity = fields.number("人数上限", 1, 200)
    first_day = fields.day("起始日期")
    last_day = fields.day("截止日期")
    key = fields.key()

    def __init__(self, *args: Any, school: School, today: dt.date, group: CourseGroup | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["grades"].choices = [(grade, GRADE_NAMES[grade]) for grade in school.grades]  # type: ignore[attr-defined]
        workers = Worker.objects.filter(school=school).not_over(today).select_related("body")
        fields.offer(self, "worker", workers, lambda worker: f"{worker}（{worker.get_kind_display()}）")
        fields.offer(self, "room", Room.objects.filter(school=school, is_closed=False))
        times = _times_of(group.slots) if group else {}
        if group:
            del self.fields["key"]
            self.initial = _initial_of(group)
        self.line_count = max(FEWEST_LINES, len(times) + 1)
        for line in range(self.line_count):
            self._add_line(line)
        for line, ((starts_at, ends_at), weekdays) in enumerate(times.items()):
            said = {"days": weekdays, "starts": starts_at, "ends": ends_at}
            self.initial.update({f"{name}_{line}": value for name, value in said.items()})

    def _add_line(self, line: int) -> None:
        days = forms.MultipleChoiceField(
            label="星期", choices=WEEK, required=False, widget=forms.CheckboxSelectMultiple
        )
        days.error_messages["invalid_choice"] = fields.PICK
        self.fields[f"days_{line}"] = days
        self.fields[f"starts_{line}"], self.fields[f"ends_{line}"] = fields.time("开始"), fields.time("结束")

    @property
    def lines(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        for line in range(self.line_count):
            yield self[f"days_{line}"], self[f"starts_{line}"], self[f"ends_{line}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for line in range(self.line_count):
            said = [data.get(f"{name}_{line}") for name in ("days", "starts", "ends")]
            if any(said) and not all(said):
                self.add_error(f"days_{line}", "星期、开始、结束都要填；不用的一行请全部清空。")
        return data

    def arrangement(self) -> Arrangement:
        """Of a valid form."""
        data = self.cleaned_data
        slots = [
            Slot(int(weekday), data[f"starts_{line}"], data[f"ends_{line}"])
            for line in range(self.line_count)
            for weekday in data[f"days_{line}"]
        ]
        names = ("name", "grades", "worker", "room", "capacity", "first_day", "last_day")
        return Arrangement(slots=slots, **{name: data[name] for name in names})


def _times_of(slots: list[Slot]) -> dict[tuple[dt.time, dt.time], list[str]]:
    """Weekdays by the time that they share."""
    times: dict[tuple[dt.time, dt.time], list[str]] = defaultdict(list)
    for slot in slots:
        times[slot.starts_at, slot.ends_at].append(str(slot.weekday))
    return times


def _initial_of(group: CourseGroup) -> dict[str, Any]:
    names = ("name", "grades", "worker", "room", "capacity", "first_day", "last_day")
    return {name: getattr(group, name) for name in names}


class LastDayForm(forms.Form):
    last_day = fields.day("最后一天")
