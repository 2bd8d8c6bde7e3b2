"""What a school ticks of its weekly plan."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from homework.forms.rules import DATE
from homework.services.week_plans import WEEKDAYS, Cell
from schools.models import Subject
from schools.models.classes import GRADE_NAMES

NONE = "none"
WEEKDAY_NAMES = ("", "周一", "周二", "周三", "周四", "周五")


class WeekPlanForm(forms.Form):
    first_day = forms.DateField(
        label="从哪一天起执行",
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text="最早明天。新的计划起执行，原来的到前一天为止。",
    )

    def __init__(self, *args: Any, grades: Collection[int], subjects: Sequence[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grades = grades
        for grade in grades:
            offered = [(str(one.pk), one.name) for one in subjects if grade in one.homework_grades]
            for weekday in WEEKDAYS:
                self.fields[f"cell_{grade}_{weekday}"] = forms.MultipleChoiceField(
                    label=f"{GRADE_NAMES[grade]}{WEEKDAY_NAMES[weekday]}",
                    choices=[(NONE, "无作业日"), *offered],
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )

    @property
    def rows(self) -> Iterator[tuple[str, list[BoundField]]]:
        for grade in self.grades:
            yield GRADE_NAMES[grade], [self[f"cell_{grade}_{weekday}"] for weekday in WEEKDAYS]

    def cells(self) -> dict[tuple[int, int], Cell]:
        """Of a valid form."""
        found = {}
        for grade in self.grades:
            for weekday in WEEKDAYS:
                ticked = self.cleaned_data[f"cell_{grade}_{weekday}"]
                if ticked:
                    found[grade, weekday] = Cell([int(one) for one in ticked if one != NONE], NONE in ticked)
        return found


def initial_of(cells: Mapping[tuple[int, int], Cell]) -> dict[str, object]:
    return {
        f"cell_{grade}_{weekday}": [NONE] if cell.is_no_homework_day else [str(pk) for pk in cell.subjects]
        for (grade, weekday), cell in cells.items()
    }
