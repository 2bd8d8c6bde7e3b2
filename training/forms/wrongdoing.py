"""What officers type of wrongdoing, from its discovery to its being made known."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from schools.forms import fields
from schools.models import OrgUnit
from training import penalties
from training.models import Institution, Violation


class ViolationForm(forms.Form):
    """Of an institution that is given, or of somebody by name in a county."""

    county = fields.RowField("所在县（市、区）")
    who = fields.text("名称", 100, help_text="单位名称；个人的写“某小区个人培训”，不写姓名。")
    kind = fields.choice("类型", [("", "请选择"), *Violation.Kind.choices])
    disguise = forms.ChoiceField(
        label="变异形式",
        required=False,
        choices=[("", "不是隐形变异"), *Violation.Disguise.choices],
        error_messages={"invalid_choice": fields.PICK},
    )
    found_on = fields.day("发现日期", is_today=True)
    place = fields.text("地点", 200, required=False)
    what = fields.text("情况", 500, long=True, help_text="时间、地点、事实；不写学生姓名。")
    officers = fields.number("执法人数", 0, 200)
    key = fields.key()

    def __init__(
        self,
        *args: Any,
        counties: QuerySet[OrgUnit] | None = None,
        institution: Institution | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if institution:
            del self.fields["county"], self.fields["who"]
        elif counties is not None:
            fields.offer(self, "county", counties)
        self.initial.setdefault("officers", 2)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        is_disguised = values.get("kind") == Violation.Kind.DISGUISED
        if is_disguised and not values.get("disguise"):
            self.add_error("disguise", "请选择变异形式。")
        if not is_disguised and values.get("disguise"):
            self.add_error("disguise", "只有“隐形变异”才选变异形式。")
        return values


class DecisionForm(forms.Form):
    clause = fields.choice("依据", [("", "请选择")])
    basis = fields.text("条款", 200, long=True, required=False, help_text="按决定书写；不填则按所选依据。")
    decision = fields.text("处理决定", 500, long=True, help_text="如：责令改正，退还所收费用，警告。")
    document_no = fields.text("文号", 60, required=False)
    decided_on = fields.day("处理日期", is_today=True)
    illegal_cents = fields.MoneyField("违法所得（元）", required=False)
    fine_cents = fields.MoneyField("罚款（元）", required=False)
    confiscated_cents = fields.MoneyField("没收违法所得（元）", required=False)
    refunded_cents = fields.MoneyField("责令退费（元）", required=False)
    must_publish = forms.BooleanField(label="要求通报", required=False, initial=True)

    SUMS = ("illegal_cents", "fine_cents", "confiscated_cents", "refunded_cents")

    def __init__(self, *args: Any, violation: Violation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clauses = {one.id: one for one in penalties.open_to(violation.kind, violation.found_on)}
        choices = [(one.id, f"{one.basis}{'：' if one.basis else ''}{one.words}") for one in self.clauses.values()]
        self.fields["clause"].choices = [("", "请选择"), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Sums left out are 0; the basis left out is that of a clause whose article is known."""
        values = super().clean() or self.cleaned_data
        chosen = self.clauses.get(values.get("clause", ""))
        if chosen and chosen.article and not values.get("basis"):
            values["basis"] = chosen.basis
        return values | {name: values.get(name) or 0 for name in self.SUMS}


class PublicationForm(forms.Form):
    day = fields.day("通报日期", is_today=True)
    where = fields.text("通报文号或网址", 200)
