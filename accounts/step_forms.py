"""The forms of the steps that are open to somebody in the life of a row, as `_step_form.html` shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A form whose `step` is what it is about; the first on a page stands open."""

    form: Any
    label: str
    url: str
    open: bool


def entries(
    steps: Iterable[Any],
    *,
    make: Callable[[Any], Any],
    sent_back: Any | None,
    label: Callable[[Any], str],
    url: Callable[[Any], str],
) -> list[Entry]:
    """One for each step in order; a form that was sent back comes first, with what she typed."""
    forms = [make(step) for step in steps if sent_back is None or step != sent_back.step]
    if sent_back:
        forms.insert(0, sent_back)
    return [Entry(form, label(form.step), url(form.step), place == 0) for place, form in enumerate(forms)]
