"""What 教导处 types of pupils and of who is in which group."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from afterschool.models import CourseGroup, Pupil
from paper.workbook import MAX_BYTES
from schools.forms import fields
from schools.models import ClassGroup


class EnrolForm(forms.Form):
    pupils = forms.ModelMultipleChoiceField(
        queryset=Pupil.objects.none(),
        label="学生",
        error_messages={
            "required": "请勾选要加入的学生。",
            "invalid_choice": "名单有变动，请刷新后重新勾选。",
            "invalid_pk_value": "名单有变动，请刷新后重新勾选。",
        },
    )
    first_day = fields.day("从哪一天起")
    key = fields.key()

    def __init__(self, *args: Any, pupils: QuerySet[Pupil], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pupils"].queryset = pupils  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    last_day = fields.day("在班组的最后一天", help_text="这一天还在，第二天起不在。")


class MoveForm(forms.Form):
    group = fields.RowField("转到")
    first_day = fields.day("从哪一天起", help_text="在原班组到前一天为止。")

    def __init__(self, *args: Any, groups: QuerySet[CourseGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields.offer(self, "group", groups, _with_places)


def _with_places(group: CourseGroup) -> str:
    return f"{group}（{'、'.join(group.times)}）"


class PupilForm(forms.Form):
    class_group = fields.RowField("班级")
    code = fields.text("学号", 20)
    name = fields.text("姓名", 30)
    key = fields.key()

    def __init__(
        self, *args: Any, classes: QuerySet[ClassGroup], today: dt.date, pupil: Pupil | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if pupil:
            del self.fields["key"]
            self.initial = {"class_group": pupil.class_group_id, "code": pupil.code, "name": pupil.name}
        fields.offer(self, "class_group", classes, lambda group: group.name_on(today))


class RosterUploadForm(forms.Form):
    file = forms.FileField(
        label="工作簿（.xlsx）",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "请选择填好的工作簿。",
            "invalid": "文件没有传上来，请重新选择。",
            "missing": "文件没有传上来，请重新选择。",
            "empty": "文件是空的，请重新选择。",
        },
    )
    first_day = fields.day("从哪一天起加入班组", help_text="还没开始的班组从它的起始日期起。")

    def clean_file(self) -> UploadedFile:
        """Refused here, before its bytes are read into memory."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(f"文件超过{MAX_BYTES // 1024 // 1024} MB，请分成几个文件导入。")
        return file
