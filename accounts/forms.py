"""The shape of what is typed in to sign in, to activate an account and to change a password."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from accounts import sign_in

# Longer ones are no typing errors but an attempt to keep the server busy.
LONGEST_PASSWORD = 128


def password_field(label: str, *, is_new: bool, help_text: str = "") -> forms.CharField:
    attributes = {"autocomplete": "new-password" if is_new else "current-password"}
    widget = forms.PasswordInput(attrs=attributes)
    return forms.CharField(label=label, max_length=LONGEST_PASSWORD, strip=False, widget=widget, help_text=help_text)


def stacked(form: forms.Form) -> FormHelper:
    """One field below the other; the template owns <form>, the token and the button."""
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(*form.fields)
    return helper


class AccountForm(forms.Form):
    """Who it is: a phone number, or a 工号 with the school's code."""

    account = forms.CharField(
        label="手机号或工号",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    school_code = forms.CharField(
        label="学校代码",
        max_length=20,
        required=False,
        help_text="用工号时填写，印在激活纸条上；用手机号不用填。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-remember": "school_code"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = stacked(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if {"account", "school_code"} <= given.keys() and self.credentials.get("school_code") == "":
            self.add_error("school_code", "用工号请填写学校代码；用手机号请填写完整的11位号码。")
        return given

    @property
    def credentials(self) -> dict[str, str]:
        return sign_in.credentials(self.cleaned_data["account"], self.cleaned_data["school_code"])


class SignInForm(AccountForm):
    password = password_field("密码", is_new=False)


class NewPasswordForm(forms.Form):
    new_password = password_field("新密码", is_new=True, help_text="至少8位，不能全是数字，不要用姓名和手机号。")
    new_password_again = password_field("再输一次新密码", is_new=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = stacked(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        again = given.get("new_password_again")
        if again and given.get("new_password", again) != again:
            self.add_error("new_password_again", "两次输入的新密码不一样。")
        return given


class ActivationForm(AccountForm, NewPasswordForm):
    activation_code = forms.CharField(
        label="激活码",
        max_length=20,
        help_text="纸条上的10个字母和数字，不分大小写。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    field_order = ["account", "school_code", "activation_code", "new_password", "new_password_again"]


class PasswordChangeForm(NewPasswordForm):
    old_password = password_field("现在的密码", is_new=False)

    field_order = ["old_password", "new_password", "new_password_again"]
