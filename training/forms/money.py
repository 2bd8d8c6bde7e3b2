"""What officers type of accounts, statements and contracts."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from paper.workbook import MAX_BYTES
from schools.forms import fields
from training.models import Account, ContractSample


class AccountForm(forms.Form):
    kind = fields.choice("监管方式", Account.Kind.choices, radios=True)
    bank = fields.text("开户银行", 60)
    number_end = fields.text("账号后4位", 4)
    minimum_cents = fields.MoneyField("最低留存余额（元）", help_text="按协议写；没有约定填0。")
    opened_on = fields.day("监管开始日期")
    key = fields.key()


class MinimumForm(forms.Form):
    minimum_cents = fields.MoneyField("最低留存余额（元）")


class DayForm(forms.Form):
    """A day on which something ends."""

    day = fields.day("日期", is_today=True)


class StatementForm(forms.Form):
    file = forms.FileField(
        label="银行流水（CSV文件）",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text="一个月一份，第1行是列名：日期、收入、支出、余额，可加对方户名。银行常用的列名也认得。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请检查后重新上传。"},
    )

    def clean_file(self) -> UploadedFile:
        """Refused here, before its bytes are read into memory."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(f"文件超过{MAX_BYTES // 1024 // 1024} MB，请检查。")
        return file


class ContractForm(forms.Form):
    number = fields.text("合同编号", 40, help_text="不写学生姓名。")
    charged_by = fields.choice("收费方式", ContractSample.By.choices, radios=True)
    cents = fields.MoneyField("一次收费（元）")
    paid_on = fields.day("收费日期")
    first_day = fields.day("开课日期")
    last_day = fields.day("结课日期", required=False, help_text="按周期收费的必填。")
    lessons = forms.IntegerField(
        label="课时数", required=False, min_value=1, max_value=9999, help_text="按课时收费的必填。"
    )
    lessons_left = forms.IntegerField(
        label="续费时剩余课时", required=False, min_value=0, max_value=9999, help_text="首次报名的不填。"
    )
    on_model_text = forms.BooleanField(label="使用示范合同文本", required=False)
    looked_on = fields.day("抽查日期", is_today=True)
    key = fields.key()
