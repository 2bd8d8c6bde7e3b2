"""What a school types of its own rule (一校一策)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from homework.forms.rules import DATE
from homework.services.school_rules import Terms
from schools.models import School, Subject
from schools.models.classes import GRADE_NAMES

REVIEWS = [("auto", "即时公示：提交即公开"), ("first", "先审后公示：教导处放行才公开")]


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A grade's line of the form. `above` are the minutes that hold without the school's own."""

    name: str
    above: int
    limit: BoundField
    days_off: BoundField
    shares: list[tuple[str, BoundField | None]]  # by subject; None where the grade sets no homework in it


class SchoolRuleForm(forms.Form):
    title = forms.CharField(label="名称", max_length=100, help_text="不加书名号，如“作业管理办法”。")
    first_day = forms.DateField(
        label="从哪一天起执行",
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text="新的一版起执行，原来的一版到前一天为止。填过去的日期，会先列出受影响的作业。",
    )
    cut_off = forms.TimeField(
        label="公示截止时间",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="各班当天作业须在此时前公示齐全，不能晚于上级规定。",
    )
    review = forms.ChoiceField(
        label="审核方式",
        choices=REVIEWS,
        widget=forms.RadioSelect,
        initial="auto",
        help_text="超量的总由教导处审核。先审后公示的，到截止时间仍未放行的自动公开，并注明“未经审核”。",
    )
    text = forms.CharField(
        label="其他规定", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 6}), strip=True
    )

    def __init__(
        self, *args: Any, school: School, subjects: Sequence[Subject], above: dict[int, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.school, self.subjects, self.above = school, subjects, above
        for grade in school.grades:
            name = GRADE_NAMES[grade]
            self.fields[f"limit_{grade}"] = minutes_field(f"{name}每天限量")
            self.fields[f"days_off_{grade}"] = minutes_field(f"{name}双休日、节假日合计限量")
            for subject in self._of(grade):
                self.fields[f"share_{grade}_{subject.pk}"] = minutes_field(f"{name}{subject}")

    @property
    def plain_fields(self) -> list[BoundField]:
        return [self[name] for name in ("title", "first_day", "cut_off", "review")]

    @property
    def rows(self) -> Iterator[GradeRow]:
        for grade in self.school.grades:
            names = {subject.pk: f"share_{grade}_{subject.pk}" for subject in self._of(grade)}
            shares = [
                (str(subject), self[names[subject.pk]] if subject.pk in names else None) for subject in self.subjects
            ]
            yield GradeRow(
                GRADE_NAMES[grade], self.above[grade], self[f"limit_{grade}"], self[f"days_off_{grade}"], shares
            )

    def terms(self) -> Terms:
        """Of a valid form. An empty cell says nothing."""
        data = self.cleaned_data
        grades = self.school.grades
        shares = {
            (grade, subject.pk): data[f"share_{grade}_{subject.pk}"] for grade in grades for subject in self._of(grade)
        }
        return Terms(
            title=data["title"],
            first_day=data["first_day"],
            cut_off=data["cut_off"],
            reviewed_first=data["review"] == "first",
            text=data["text"],
            limits={grade: data[f"limit_{grade}"] for grade in grades if data[f"limit_{grade}"] is not None},
            days_off={grade: data[f"days_off_{grade}"] for grade in grades if data[f"days_off_{grade}"] is not None},
            shares={key: minutes for key, minutes in shares.items() if minutes is not None},
        )

    def _of(self, grade: int) -> list[Subject]:
        return [subject for subject in self.subjects if grade in subject.homework_grades and self.above[grade]]


def initial_of(terms: Terms) -> dict[str, object]:
    """A form filled with what a version says, for the next to be written from it."""
    return {
        "title": terms.title,
        "cut_off": terms.cut_off,
        "review": "first" if terms.reviewed_first else "auto",
        "text": terms.text,
        **{f"limit_{grade}": minutes for grade, minutes in terms.limits.items()},
        **{f"days_off_{grade}": minutes for grade, minutes in terms.days_off.items()},
        **{f"share_{grade}_{subject}": minutes for (grade, subject), minutes in terms.shares.items()},
    }


def minutes_field(label: str) -> forms.IntegerField:
    errors = {
        "invalid": f"{label}：请填整数分钟。",
        "min_value": f"{label}：不能小于0。",
        "max_value": f"{label}：不能超过240。",
    }
    widget = forms.NumberInput(attrs={"class": "form-control form-control-sm minutes-cell", "inputmode": "numeric"})
    return forms.IntegerField(
        label=label, min_value=0, max_value=240, required=False, error_messages=errors, widget=widget
    )
