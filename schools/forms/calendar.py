"""Shapes of input for the calendar: a term, a changed day, an off-work time."""

from django import forms

from schools.forms.classes import DayInput, bare_helper
from schools.models import Term


class CalendarForm(forms.Form):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = bare_helper()


class TermForm(CalendarForm):
    school_year = forms.IntegerField(label="学年（开始的那一年）", min_value=2000, max_value=2100)
    half = forms.ChoiceField(label="学期", choices=Term.Half)
    first_day = forms.DateField(label="开学日期", widget=DayInput())
    last_day = forms.DateField(label="放假前最后一天", widget=DayInput())

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        # Longer than any term: a typing error in the year would write days by the thousand.
        if first and last and (last - first).days > 250:
            self.add_error("last_day", "一个学期不会超过250天，请核对日期。")


class DayChangeForm(CalendarForm):
    day = forms.DateField(label="日期", widget=DayInput())
    teaches = forms.TypedChoiceField(
        label="这一天", choices=[("no", "不上课"), ("yes", "上课")], coerce=lambda choice: choice == "yes"
    )
    reason = forms.CharField(label="原因", max_length=100)


class OffWorkForm(CalendarForm):
    first_day = forms.DateField(label="从哪天起", widget=DayInput())
    off_work_at = forms.TimeField(
        label="下班时间", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), input_formats=["%H:%M"]
    )
