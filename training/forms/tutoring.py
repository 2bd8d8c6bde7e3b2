"""What named officers type of a case of paid tutoring."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from schools.forms import fields
from schools.models import OrgUnit


class CaseForm(forms.Form):
    county = fields.RowField("县（市、区）")
    school = fields.text("学校", 100, required=False, help_text="全称或学校代码；不清楚的不填。")
    teacher_name = fields.text("教师姓名", 30)
    found_on = fields.day("发现日期", is_today=True)
    what = fields.text("情况", 500, long=True, help_text="时间、地点、事实；不写学生姓名。")
    key = fields.key()

    def __init__(self, *args: Any, counties: QuerySet[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields.offer(self, "county", counties)


class DisposalForm(forms.Form):
    day = fields.day("处理日期", is_today=True)
    disposal = fields.text("处理情况", 300, long=True)
    document_no = fields.text("文号", 60, required=False)


class OfficerForm(forms.Form):
    user = fields.RowField("工作人员")

    def __init__(self, *args: Any, users: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields.offer(self, "user", users, lambda user: user.name)
