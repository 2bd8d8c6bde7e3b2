"""What officers type of institutions."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from schools.forms import fields
from schools.models import OrgUnit
from training.models import Institution, InstitutionStep

STATED = ("on_platform", "model_contract", "guide_price", "rest_days_found", "rest_days_cleared")
ENTERED = ("registration", "permit")  # by steps, once it is in the register


class InstitutionForm(forms.Form):
    county = fields.RowField("所在县（市、区）")
    name = fields.text("名称", 100, help_text="与营业执照一致。")
    credit_code = fields.text("统一社会信用代码", 40, required=False, help_text="18位；老资料没有的可不填。")
    subject = fields.choice("类别", [("", "请选择"), *Institution.Subject.choices])
    form = fields.choice("形式", Institution.Form.choices)
    registration = fields.choice("登记", Institution.Registration.choices)
    permit = fields.choice("许可", Institution.Permit.choices)
    authority = fields.text("主管部门", 40, required=False, help_text="如教育局；非学科类如体育、文旅、科技部门。")
    approver = fields.text("审批机关", 60, required=False, help_text="谁审批、谁负责。")
    licence_no = fields.text("许可证号", 40, required=False)
    licence_until = fields.day("许可证有效期至", required=False)
    founded_on = fields.day("成立日期", required=False)
    address = fields.text("地址", 200, required=False)
    prepaid_control = fields.choice("预收费监管", Institution.Control.choices)
    on_platform = forms.BooleanField(label="已入驻全国平台", required=False)
    model_contract = forms.BooleanField(label="使用示范合同", required=False)
    contract_text = fields.text(
        "合同文本", 60, required=False, help_text="如《中小学生校外培训服务合同（示范文本）》2021年修订版。"
    )
    guide_price = forms.BooleanField(label="执行政府指导价（学科类）", required=False)
    rest_days_found = forms.BooleanField(label="曾占用节假日、休息日、寒暑假培训", required=False)
    rest_days_cleared = forms.BooleanField(label="占用节假日培训已清理", required=False)
    key = fields.key()

    def __init__(
        self,
        *args: Any,
        counties: QuerySet[OrgUnit] | None = None,
        institution: Institution | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if counties is not None:
            fields.offer(self, "county", counties)
        if institution:
            for name in ("county", "key", *ENTERED):
                del self.fields[name]
            self.initial = {name: getattr(institution, name) for name in self.fields}


class StepForm(forms.Form):
    kind = forms.ChoiceField(
        label="办理事项", error_messages={"required": "请选择办理事项。", "invalid_choice": fields.PICK}
    )
    day = fields.day("日期", is_today=True)
    reason = fields.text("依据或说明", 200, required=False, help_text="注销、转型、吊销必填，如文号。")

    def __init__(self, *args: Any, steps: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "请选择"), *((step, InstitutionStep.Kind(step).label) for step in steps)]  # type: ignore[attr-defined]


class BaselineForm(forms.Form):
    day = fields.day("基数日期", help_text="以这一天在营和停业的学科类机构为基数；锁定后不能再改。")
