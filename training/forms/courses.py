"""What officers type of courses, employees and the prices that were set."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from schools.forms import fields
from schools.models import OrgUnit
from training.models import ClassSize, Employee, Institution

WEEK = [(number, f"周{name}") for number, name in enumerate("一二三四五六日", start=1)]


class CourseForm(forms.Form):
    """Its week is said once: some weekdays, one time; a course with several times is entered as several."""

    name = fields.text("课程名称", 60, help_text="如：三年级数学秋季班、少儿篮球。")
    size = fields.choice("班型", ClassSize.choices)
    lessons = fields.number("课时数", 1, 9999)
    lesson_minutes = fields.number("每课时分钟", 1, 600)
    cents = fields.MoneyField("总价（元）")
    first_day = fields.day("开课日期")
    last_day = fields.day("结课日期")
    weekdays = forms.TypedMultipleChoiceField(
        label="每周上课",
        coerce=int,
        choices=WEEK,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择每周哪几天上课。", "invalid_choice": fields.PICK},
    )
    start = fields.time("开始时间")
    end = fields.time("结束时间")
    key = fields.key()

    def clean(self) -> dict[str, Any]:
        """`slots` in place of weekdays and times."""
        values = super().clean() or self.cleaned_data
        start, end = values.pop("start", None), values.pop("end", None)
        for name, value in (("start", start), ("end", end)):
            if value is None and name not in self.errors:
                self.add_error(name, "请填写时间。")
        if start and end and start >= end:
            self.add_error("end", "结束时间要晚于开始时间。")
        if start and end:
            minutes = (start.hour * 60 + start.minute, end.hour * 60 + end.minute)
            values["slots"] = [(weekday, *minutes) for weekday in values.pop("weekdays", [])]
        return values


class EmployeeForm(forms.Form):
    name = fields.text("姓名", 30)
    post = fields.choice("岗位", Employee.Post.choices)
    qualification = fields.text(
        "资格证明", 60, required=False, help_text="如教师资格证号、专业能力证明。教学、教研人员必须有。"
    )
    first_day = fields.day("到岗日期")
    key = fields.key()


class GuidePriceForm(forms.Form):
    unit = fields.RowField("适用范围")
    form = fields.choice("形式", Institution.Form.choices)
    size = fields.choice("班型", ClassSize.choices)
    minutes = fields.number("标准课时分钟", 1, 240)
    cents = fields.MoneyField("最高限价（元／课时）", help_text="含允许的上浮。")
    document = fields.text("文件", 100, help_text="发文机关和文号。")
    first_day = fields.day("执行日期", is_today=True)

    def __init__(self, *args: Any, units: QuerySet[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields.offer(self, "unit", units)
        self.initial.setdefault("minutes", 45)
