"""What an officer writes in a letter."""

from django import forms

from inspections.models import Letter
from schools.forms import fields


class StartForm(forms.Form):
    kind = fields.choice("文种", Letter.Kind.choices)


class LetterForm(forms.Form):
    issuer = fields.text("发文机关", 40, help_text="印在红头和落款上。")
    word = fields.text("发文代字", 20, help_text="年份和编号在签发时自动编，如：东县双减督建〔2026〕3号。")
    title = fields.text("标题", 100)
    body = fields.text("正文", 8000, long=True, help_text="一行一段。“一、”“（一）”开头的排成标题。签发前可以改。")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["body"].widget.attrs["rows"] = 16
