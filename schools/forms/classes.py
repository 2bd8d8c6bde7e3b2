"""Shapes of input for a class: opening, closing, its size, its head teacher and its teachings."""

import datetime as dt

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import QuerySet

from schools.models import ClassGroup, School, Staff, Subject
from schools.models.classes import GRADE_NAMES


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def bare_helper() -> FormHelper:
    """The template owns <form>, the token and the buttons."""
    helper = FormHelper()
    helper.form_tag = False
    return helper


class ClassOpenForm(forms.Form):
    grade = forms.TypedChoiceField(label="年级", coerce=int)
    number = forms.IntegerField(label="班号", min_value=1, max_value=99)
    pupils = forms.IntegerField(label="在籍人数", min_value=0, max_value=150, required=False)
    first_day = forms.DateField(label="开班日期", widget=DayInput())

    def __init__(self, *args: object, school: School, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["grade"].choices = [(grade, GRADE_NAMES[grade]) for grade in school.grades]  # type: ignore[attr-defined]
        self.helper = bare_helper()


class ClassForm(forms.Form):
    """A form about one class. `staff` are those who may be chosen in it."""

    def __init__(self, *args: object, staff: QuerySet[Staff], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if "staff" in self.fields:
            self.fields["staff"].queryset = staff  # type: ignore[attr-defined]
        self.helper = bare_helper()


class ClassCloseForm(ClassForm):
    last_day = forms.DateField(label="最后一天", widget=DayInput())


class ClassSizeForm(ClassForm):
    pupils = forms.IntegerField(label="在籍人数", min_value=0, max_value=150)
    first_day = forms.DateField(label="从哪天起", widget=DayInput())


class HeadTeacherForm(ClassForm):
    staff = forms.ModelChoiceField(label="班主任", queryset=Staff.objects.none(), empty_label="请选择")
    first_day = forms.DateField(label="从哪天起", widget=DayInput())


class TeachingForm(ClassForm):
    subject = forms.ModelChoiceField(label="学科", queryset=Subject.objects.all(), empty_label="请选择")
    staff = forms.ModelChoiceField(label="教师", queryset=Staff.objects.none(), empty_label="请选择")
    first_day = forms.DateField(label="从哪天起", widget=DayInput())


FORMS: dict[str, type[ClassForm]] = {
    "close": ClassCloseForm,
    "size": ClassSizeForm,
    "head-teacher": HeadTeacherForm,
    "teaching": TeachingForm,
}


def forms_for(class_group: ClassGroup, today: dt.date) -> dict[str, ClassForm]:
    """One empty form per change, by its name in the address."""
    staff = in_post(class_group.school, today)
    days = {"first_day": today, "last_day": today}
    return {change: form(prefix=change, initial=days, staff=staff) for change, form in FORMS.items()}


def in_post(school: School, day: dt.date) -> QuerySet[Staff]:
    return Staff.objects.on(day).filter(school=school).select_related("user").order_by("staff_no")
