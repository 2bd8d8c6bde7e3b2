"""What families say homework really takes, read together: nothing is shown before five pupils have been heard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import IntegerField, Q, Sum
from django.db.models.functions import Coalesce

from homework.models import TimeSample

# Fewer could be traced to families, and one of them would be the median.
LEAST_ANSWERS = 5

Label = TypeVar("Label")

SAMPLES_SQL = (Path(__file__).parent / "sql" / "samples.sql").read_text(encoding="utf8")
NOTICES_SQL = """
    SELECT notice_id, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes), count(*) FILTER (WHERE finished)
    FROM homework_timesample CROSS JOIN LATERAL generate_series(1, answers)
    WHERE notice_id = ANY(%s)
    GROUP BY notice_id
    HAVING count(*) >= %s
"""


class NoticeAnswers(NamedTuple):
    """What is told of one notice. `median`: minutes. `finished`: answers that say the work was done."""

    answers: int
    median: float
    finished: int


@dataclass(frozen=True, slots=True)
class SampleFigures:
    """Answers about some notices together, a pupil counted from paper like one whose family answered.

    `judged` are the answers about notices that allow written work at home: in grades 1 and 2 the limit is 0 minutes, so
    there is nothing to finish within it. Of those, `in_limit` say that the work was done, within the notice's limit.
    The medians are minutes over all answers; `difference` is that of experienced minus declared, answer by answer.
    What was not finished counts with the minutes until it was given up.
    """

    answers: int
    finished: int
    judged: int
    in_limit: int
    declared: float
    experienced: float
    difference: float

    @property
    def is_shown(self) -> bool:
        return self.answers >= LEAST_ANSWERS

    @property
    def in_limit_is_shown(self) -> bool:
        return self.judged >= LEAST_ANSWERS


def shown(notice_ids: Iterable[int]) -> dict[int, NoticeAnswers]:
    """By notice id, those with at least five answers. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NOTICES_SQL, [list(notice_ids), LEAST_ANSWERS])
        return {notice: NoticeAnswers(*rest) for notice, *rest in cursor.fetchall()}


def sample_figures(schools: Iterable[int], first_day: dt.date, last_day: dt.date) -> dict[int, SampleFigures]:
    """By school id, of notices of these days. Schools nobody answered for are left out.

    Rows below five answers are there for the sums of a county; a page shows only those that `is_shown`. One query.
    """
    return pooled_figures({school: [school] for school in schools}, first_day, last_day)


def pooled_figures(
    groups: Mapping[Label, Iterable[int]], first_day: dt.date, last_day: dt.date
) -> dict[Label, SampleFigures]:
    """Of all answers of a group of schools (ids) together, as a county's: its median is not one of medians.

    A school stands in one group or several. Groups nobody answered for are left out. One query.
    """
    labels = list(groups)
    pairs = [(school, number) for number, label in enumerate(labels) for school in groups[label]]
    found = _read(["group"], pairs, first_day, last_day)
    return {labels[number]: figures for (_, number), figures in found.items()}


def figures_of_school(school: int, first_day: dt.date, last_day: dt.date) -> SchoolFigures:
    """The school's, its classes' and its subjects' figures. One query."""
    found = _read(["group", "class", "subject"], [(school, 0)], first_day, last_day)
    return SchoolFigures(
        school=found.get(("group", 0)),
        classes={pk: figures for (grain, pk), figures in found.items() if grain == "class"},
        subjects={pk: figures for (grain, pk), figures in found.items() if grain == "subject"},
    )


@dataclass(frozen=True, slots=True)
class SchoolFigures:
    """`school` is None where nobody answered; classes and subjects by id, those without answers left out."""

    school: SampleFigures | None
    classes: dict[int, SampleFigures]
    subjects: dict[int, SampleFigures]


def _read(
    grains: list[str], pairs: Collection[tuple[int, int]], first_day: dt.date, last_day: dt.date
) -> dict[tuple[str, int], SampleFigures]:
    """By grain and id. `pairs`: a school's id and the number of its group."""
    values: dict[str, Any] = {
        "grains": grains,
        "schools": [school for school, _ in pairs],
        "labels": [label for _, label in pairs],
        "first_day": first_day,
        "last_day": last_day,
    }
    with connection.cursor() as cursor:
        cursor.execute(SAMPLES_SQL, values)
        return {(grain, pk): SampleFigures(*rest) for grain, pk, *rest in cursor.fetchall()}


def answers_on_paper(notice_id: int) -> int:
    """How many pupils the paper sample of a notice counts; 0 where there is none."""
    counted = TimeSample.objects.filter(Q(device=None), notice=notice_id)
    return counted.aggregate(sum=Coalesce(Sum("answers"), 0, output_field=IntegerField()))["sum"]
