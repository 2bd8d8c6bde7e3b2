"""Which column of a workbook means what."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from training.sheet import FIELDS


class MappingForm(forms.Form):
    """A field for each column that the register has; its value is a header of the file, or empty."""

    def __init__(self, *args: Any, headers: Sequence[str], mapping: Mapping[str, str]) -> None:
        super().__init__(*args)
        for field in FIELDS:
            self.fields[field.key] = forms.ChoiceField(
                label=field.label,
                required=False,
                choices=[("", "文件里没有"), *((header, header) for header in dict.fromkeys(headers))],
                initial=mapping.get(field.key, ""),
                error_messages={"invalid_choice": "请从列表中选择。"},
            )
