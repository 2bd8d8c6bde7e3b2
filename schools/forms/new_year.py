"""Shape of input for the new school year: how many classes enter each school in each entry grade."""

from django import forms

from schools.services.new_year import Entry, SchoolYear


class NewYearForm(forms.Form):
    """One number per school and entry grade, last year's unless changed."""

    def __init__(self, *args: object, turns: list[SchoolYear], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.turns = turns
        for turn in turns:
            for entry in turn.entries:
                field = forms.IntegerField(min_value=0, max_value=60, initial=entry.proposed)
                field.widget.attrs = {"class": "form-control count", "aria-label": f"{turn.school}{entry.name}新开班数"}
                self.fields[_name(turn, entry)] = field

    def counts(self) -> dict[tuple[int, int], int]:
        return {
            (turn.school.pk, entry.grade): self.cleaned_data[_name(turn, entry)]
            for turn in self.turns
            for entry in turn.entries
        }

    def rows(self) -> list[tuple[SchoolYear, list[tuple[Entry, forms.BoundField]]]]:
        """For the template: each school with its entry grades and their fields."""
        return [(turn, [(entry, self[_name(turn, entry)]) for entry in turn.entries]) for turn in self.turns]


def _name(turn: SchoolYear, entry: Entry) -> str:
    return f"count-{turn.school.pk}-{entry.grade}"
