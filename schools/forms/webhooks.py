"""The address of a group robot as it is typed in."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from accounts import webhooks
from schools.models import Webhook


class WebhookForm(forms.Form):
    kind = forms.ChoiceField(
        label="类型",
        choices=Webhook.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择类型。", "invalid_choice": "请选择类型。"},
    )
    url = forms.CharField(
        label="机器人地址（Webhook）",
        max_length=300,
        error_messages={"required": "请粘贴机器人地址。", "max_length": "地址太长，请重新复制。"},
        help_text="在群设置里新建机器人后复制。知道地址的人都能往群里发消息，请不要外传。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("kind", "url")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if {"kind", "url"} <= given.keys():
            try:
                webhooks.check_address(given["kind"], given["url"])
            except forms.ValidationError as error:
                self.add_error("url", error)
        return given
