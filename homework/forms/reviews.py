"""What 教导处 types when she looks at a notice."""

from typing import Any

from django import forms

from homework.models import Notice, NoticeQuerySet


class ReviewForm(forms.Form):
    decision = forms.ChoiceField(choices=[("stands", "维持"), ("return", "退回修改")])
    note = forms.CharField(
        label="审核意见",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "退回时必填，如：请减少抄写"}),
    )


class ReleaseForm(forms.Form):
    notice = forms.ModelMultipleChoiceField(Notice.objects.none())

    def __init__(self, *args: Any, unreleased: NoticeQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notice"].queryset = unreleased  # type: ignore[attr-defined]
