"""What is known of after-school service in some days: what schools held, who took part, who served.

What a school held adds up from its sums and plans, and is cheap. Who took part or served is asked of the rows each
time, for a report that keeps the answer. Days are first and last, both included.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Sum

from afterschool.models import Plan
from reports.models import ServiceTally
from reports.snapshot import Counts
from schools.calendar import school_year
from schools.models import ClassGroup

SQL = Path(__file__).parent / "sql"
PUPILS_SQL = (SQL / "service_pupils.sql").read_text(encoding="utf8")
PEOPLE_SQL = (SQL / "service_people.sql").read_text(encoding="utf8")

# Of one school, in days.
DAYS = ("days", "served", "has_break", "unexcused", "plan_in_force", "plan_ok", "minutes")
HELD = (
    "service_known",  # schools with a filed plan or a session: without any there is nothing to say
    "service_open",
    "service_offered",
    "service_schools",
    "service_in_time",
    *(f"service_{name}" for name in DAYS),
)
PUPILS = ("pupils_on_roll", "roll_joined", "pupils_joined", "pupils_five_days")
PEOPLE = (
    "persons_serving",
    "outsiders_serving",
    "teachers_serving",
    "teachers_in_post",
    "course_kinds",
    "course_groups",
)
COUNTS = (*HELD, *PUPILS, *PEOPLE)


def held(
    schools: Collection[int], open_then: Collection[int], first_day: dt.date, last_day: dt.date
) -> dict[int, Counts]:
    """By school, what it held; `open_then` are those open on the last day. Three queries, of sums and plans."""
    rows = ServiceTally.objects.filter(school__in=schools).between(first_day, last_day).sums_by("school")
    sums = {int(str(row["school"])): {name: int(str(row[name])) for name in ServiceTally.COUNTS} for row in rows}
    filed = Plan.objects.filter(school__in=schools)
    in_force = set(filed.in_force(last_day).values_list("school", flat=True))
    known = set(filed.touching(first_day, last_day).values_list("school", flat=True))
    nothing = dict.fromkeys(ServiceTally.COUNTS, 0)
    return {
        school: _held(sums.get(school, nothing), school in open_then, school in in_force, school in known)
        for school in schools
    }


def _held(sums: Counts, is_open: bool, has_plan: bool, is_known: bool) -> Counts:
    has_days, has_served = sums["days"] > 0, sums["served"] > 0
    in_time = has_served and sums["plan_ok"] == sums["days"] and not sums["unexcused"]
    return {
        "service_known": int(is_known or sums["planned"] > 0),
        "service_open": int(is_open and has_days),
        "service_offered": int(is_open and has_days and has_plan and has_served),
        "service_schools": int(has_days),
        "service_in_time": int(in_time),
        **{f"service_{name}": sums[name] for name in DAYS},
    }


NO_PLAN, PLAN_FAILS, NEVER, SOME_DAYS = "没有已备案的方案", "方案不符合时间规定", "没有开展过", "有天数没有开展"
REASONS = (NO_PLAN, PLAN_FAILS, NEVER, SOME_DAYS)


def why_late(counts: Counts) -> list[str]:
    """Why one school fails A2, in words; nothing where it does not, or had no school day."""
    days, plans = counts["service_days"], counts["service_plan_in_force"]
    said = {
        NO_PLAN: f"{days - plans}天{NO_PLAN}" if plans else NO_PLAN,
        SOME_DAYS: f"{counts['service_unexcused']}天没有开展、没有说明原因",
    }
    return [said.get(reason, reason) for reason in why_late_in_short(counts)]


def why_late_in_short(counts: Counts) -> list[str]:
    """Those of REASONS that hold for one school."""
    days, plans = counts["service_days"], counts["service_plan_in_force"]
    if not days or counts["service_in_time"]:
        return []
    holds = {
        NO_PLAN: plans < days,
        PLAN_FAILS: counts["service_plan_ok"] < plans,
        NEVER: not counts["service_served"],
        SOME_DAYS: counts["service_served"] and counts["service_unexcused"],
    }
    return [reason for reason in REASONS if holds[reason]]


def pupils(schools: Collection[int], first_day: dt.date, last_day: dt.date) -> dict[int, Counts]:
    """By school: pupils on the roll on the last day, those who took part, those who did on every weekday.

    A school whose roll nobody entered takes no part in the share of the roll.
    """
    parameters: dict[str, Any] = {"schools": list(schools), "first_day": first_day, "last_day": last_day}
    came = {school: (joined, five_days) for school, joined, five_days in _read(PUPILS_SQL, parameters)}
    rolls = _rolls(schools, last_day)
    found = {}
    for school in came.keys() | rolls.keys():
        joined, five_days = came.get(school, (0, 0))
        roll = rolls.get(school, 0)
        counts = (roll, joined if roll else 0, joined, five_days)
        found[school] = dict(zip(PUPILS, counts, strict=True))
    return found


def _rolls(schools: Collection[int], day: dt.date) -> dict[int, int]:
    classes = ClassGroup.objects.on(day).with_pupils(day).filter(school__in=schools)
    graded = classes.annotate(grade=F("entry_grade") + school_year(day) - F("entry_year")).filter(grade__range=(1, 9))
    sums = graded.order_by().values_list("school").annotate(roll=Sum("pupils"))
    return {school: roll or 0 for school, roll in sums}


def people(groups: Sequence[Collection[int]], first_day: dt.date, last_day: dt.date) -> list[Counts]:
    """Of each group of schools together, in their order: who served, who was in post, what ran."""
    pairs = [(number, school) for number, schools in enumerate(groups) for school in schools]
    parameters = {
        "numbers": [number for number, _ in pairs],
        "schools": [school for _, school in pairs],
        "first_day": first_day,
        "last_day": last_day,
    }
    rows = _read(PEOPLE_SQL, parameters)
    found: Mapping[int, Counts] = {number: dict(zip(PEOPLE, counts, strict=True)) for number, *counts in rows}
    return [found.get(number, dict.fromkeys(PEOPLE, 0)) for number in range(len(groups))]


@transaction.atomic
def _read(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Without nested loops: how many rows stand between two steps the planner does not know, and takes many for few.

    Three hundred times slower was seen.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return rows
