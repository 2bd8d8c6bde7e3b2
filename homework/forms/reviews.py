"""What 教导处 types when she looks at notices."""

import re
from typing import Any

from django import forms
from django.http import QueryDict

# One press each; she may write her own instead.
QUICK_REASONS = (
    "书面作业太多，请减少",
    "机械抄写，请换形式",
    "不得用手机或打卡",
    "不得要家长批改",
    "请写清作业内容",
)
SEEN = re.compile(r"(\d{1,18}):(\d{1,18})", re.ASCII)


def seen_notices(data: QueryDict) -> dict[int, int]:
    """By notice id, the last item (id) that stood on it when the page was made: "12:345". One alone comes as `only`."""
    found = (SEEN.fullmatch(value) for value in data.getlist("only") or data.getlist("notice"))
    return {int(match[1]): int(match[2]) for match in found if match}


class ReturnForm(forms.Form):
    note = forms.CharField(
        label="退回原因",
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={"class": "form-control", "placeholder": "退回原因，教师会看到", "autocomplete": "off"}
        ),
    )
    quick = forms.CharField(required=False, max_length=200)
    last_item = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        given["note"] = given.get("quick") or given.get("note", "").strip()
        if not given["note"] and "note" not in self.errors:
            self.add_error("note", "退回时请写明原因，教师才知道怎么改。")
        return given
