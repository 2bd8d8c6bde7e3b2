"""What 教导处 types of the people who serve."""

import datetime as dt
from typing import Any

from django import forms

from afterschool.models import AdmittedBody, Worker, WorkerKind
from afterschool.services.workers import accounts_of, bodies_for
from schools.forms import fields
from schools.models import School


class WorkerAddForm(forms.Form):
    kind = fields.choice("类别", WorkerKind.choices)
    user = fields.RowField(
        "本校账号",
        required=False,
        empty="不选",
        help_text="本校教师必选；其他人有本校账号的也可以选，选了就能自己点名。",
    )
    name = fields.text("姓名", 30, required=False, help_text="选了本校账号的不用填。")
    body = fields.RowField(
        "所在机构",
        required=False,
        empty="不选",
        help_text="只用于准入机构人员；列出的是今天在县（市、区）准入名单上的机构。",
    )
    qualification = fields.text(
        "资质", 100, required=False, help_text="校外人员和准入机构人员必填，如“社会体育指导员”。"
    )
    qualified_until = fields.day("资质到期", required=False, help_text="长期有效的不填。")
    first_day = fields.day("起始日期")
    last_day = fields.day("截止日期", required=False, help_text="不填即长期。")
    key = fields.key()

    def __init__(self, *args: Any, school: School, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields.offer(self, "user", accounts_of(school, today))
        fields.offer(self, "body", bodies_for(school, today))
        self.initial.setdefault("first_day", today)


class WorkerEditForm(forms.Form):
    """Only what this kind of person has."""

    name = fields.text("姓名", 30)
    body = fields.RowField("所在机构")
    qualification = fields.text("资质", 100, required=False)
    qualified_until = fields.day("资质到期", required=False, help_text="长期有效的不填。")

    def __init__(self, *args: Any, worker: Worker, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if worker.user_id:
            del self.fields["name"]
        if worker.kind == WorkerKind.BODY:
            hers = AdmittedBody.objects.filter(workers=worker)
            fields.offer(self, "body", bodies_for(worker.school, today) | hers)
        else:
            del self.fields["body"]
        names = ("name", "body", "qualification", "qualified_until")
        self.initial = {name: getattr(worker, name) for name in names}
