"""Shape of input for a workbook to be brought in."""

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from paper.workbook import MAX_BYTES
from schools.models import OrgUnit


class UploadForm(forms.Form):
    unit = forms.ModelChoiceField(label="导入到", queryset=OrgUnit.objects.none(), empty_label=None)
    file = forms.FileField(label="工作簿（.xlsx）", widget=forms.FileInput(attrs={"accept": ".xlsx"}))

    def __init__(self, *args: object, units: QuerySet[OrgUnit], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_file(self) -> UploadedFile:
        """Refused here, before its bytes are read into memory."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(f"文件超过{MAX_BYTES // 1024 // 1024} MB，请分成几个文件导入。")
        return file
