from django.apps import AppConfig
from django.forms import Field


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        """Django's own word for a field left empty, 这个字段是必填项, does not say what to do."""
        Field.default_error_messages |= {"required": "请填写或选择这一项。"}
