"""Shapes of input about people: looking for them, adding them, their postings, their accounts."""

from collections.abc import Iterable

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet

from accounts.models import User
from schools.forms.classes import DayInput, bare_helper
from schools.models import Duty, OrgUnit, Role

PHONE = RegexValidator(r"^1\d{10}$", "请输入11位手机号。")


class PeopleFilter(forms.Form):
    """What the list of people is narrowed to; each may be left out."""

    q = forms.CharField(label="姓名、工号、手机号或单位", max_length=40, required=False)
    role = forms.ChoiceField(label="角色", choices=[("", "全部"), *Role.choices], required=False)
    state = forms.ChoiceField(
        label="账号",
        choices=[("", "全部"), ("not_activated", "未激活"), ("shut_out", "已停用")],
        required=False,
    )


class UnitField(forms.ModelChoiceField):
    """A unit with its code behind it: names of schools repeat."""

    def label_from_instance(self, unit: OrgUnit) -> str:
        return f"{unit.name}（{unit.code}）"


class AppointForm(forms.Form):
    """A role at a unit. `units` and `roles` are all that may be given somewhere; whether they fit is checked after."""

    unit = UnitField(label="单位", queryset=OrgUnit.objects.none(), empty_label="请选择")
    role = forms.ChoiceField(label="角色")
    duties = forms.MultipleChoiceField(
        label="报表职责",
        choices=Duty.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="只用于教育局工作人员。",
    )
    first_day = forms.DateField(label="起始日期", widget=DayInput())

    def __init__(self, *args: object, units: QuerySet[OrgUnit], roles: Iterable[Role], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        may_give = frozenset(roles)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["role"].choices = [(role.value, role.label) for role in Role if role in may_give]  # type: ignore[attr-defined]
        if Role.OFFICER not in may_give:
            del self.fields["duties"]
        self.helper = bare_helper()


class PersonAddForm(AppointForm):
    """A person new to the system or to the unit. Those who work at a school have a 工号, all others a phone."""

    AT_SCHOOL = (Role.TEACHER, Role.ACADEMIC_OFFICE, Role.PRINCIPAL)

    name = forms.CharField(label="姓名", max_length=40)
    staff_no = forms.CharField(
        label="工号", max_length=20, required=False, help_text="教师、教导处、校长必填，可用来登录。"
    )
    phone = forms.CharField(
        label="手机号",
        max_length=11,
        required=False,
        validators=[PHONE],
        help_text="有工号的可以不填；其他人员必填。",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    field_order = ["unit", "role", "name", "staff_no", "phone", "first_day", "duties"]

    def clean(self) -> dict[str, object]:
        given = super().clean() or self.cleaned_data
        if "role" in given:
            needed = "staff_no" if self.is_at_school else "phone"
            if needed in given and not given[needed]:
                self.add_error(needed, f"请填写{self.fields[needed].label}。")
            if self.is_at_school and "unit" in given and given["unit"].level != OrgUnit.Level.SCHOOL:
                self.add_error("unit", "教师、教导处和校长只能设在学校。")
        return given

    @property
    def is_at_school(self) -> bool:
        return self.cleaned_data["role"] in self.AT_SCHOOL


class PersonCorrectForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(label="手机号", max_length=11, required=False, validators=[PHONE])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = bare_helper()


class LastDayForm(forms.Form):
    last_day = forms.DateField(label="最后一天", widget=DayInput())


class DutiesForm(forms.Form):
    duties = forms.MultipleChoiceField(
        label="报表职责", choices=Duty.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class SlipsForm(forms.Form):
    """Who gets a slip: some of those who have not activated their account."""

    person = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), error_messages={"required": "请至少勾选一人。"}
    )

    def __init__(self, *args: object, waiting: QuerySet[User], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["person"].queryset = waiting  # type: ignore[attr-defined]
