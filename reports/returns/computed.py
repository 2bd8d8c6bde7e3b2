"""What the system itself finds of the items that a return declares: the computed side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from homework.feedback import upheld
from homework.models import Feedback, SchoolRule
from reports import oversight, service, training
from reports.compute import keeps_the_limit, placed
from reports.evidence import parents_burdened
from reports.models import HomeworkTally
from reports.snapshot import Counts
from schools.models import OrgUnit, SchoolDay

KEPT = "每个上课日都按方案开展或有说明"


@dataclass(frozen=True, slots=True)
class Computed:
    """The items of one school, and the counts behind them, in words."""

    items: dict[int, bool]
    reasons: dict[int, str]

    def unlike(self, answers: Mapping[int, bool]) -> list[int]:
        """The items whose declared answer is another."""
        return [item for item, answer in answers.items() if answer != self.items[item]]


def of_schools(schools: Collection[int], first_day: dt.date, last_day: dt.date) -> dict[int, Computed]:
    """Of those that had a school day between first and last, both included: of the others nothing can be known.

    Items as the indicators H1, H4, H7, A1 and A2 judge them. Eight queries whatever the number of schools.
    """
    taught = with_a_day(schools, first_day, last_day)
    if not taught:
        return {}
    ruled = set(SchoolRule.objects.in_force(last_day).filter(school__in=taught).values_list("school", flat=True))
    rows = HomeworkTally.objects.filter(school__in=taught).between(first_day, last_day).sums_by("school")
    sums = {int(str(row["school"])): {name: int(str(row[name])) for name in HomeworkTally.COUNTS} for row in rows}
    cases = upheld(taught, first_day, last_day)
    complained = parents_burdened(taught, first_day, last_day)
    served = service.held(taught, taught, first_day, last_day)
    nothing = dict.fromkeys(HomeworkTally.COUNTS, 0)
    return {
        school: _of_school(
            school in ruled,
            sums.get(school, nothing),
            cases.get(school, {}).get(Feedback.Kind.PARENTS, 0) + (school in complained),
            served[school],
        )
        for school in taught
    }


def with_a_day(schools: Collection[int], first_day: dt.date, last_day: dt.date) -> set[int]:
    """Those that had a school day between first and last, both included. One query."""
    days = SchoolDay.objects.held().filter(school__in=schools, day__range=(first_day, last_day))
    return set(days.order_by().values_list("school", flat=True).distinct())


def _of_school(has_rule: bool, homework: dict[str, int], parents: int, served: dict[str, int]) -> Computed:
    over = homework["over_limit"] + homework["days_off_over"]
    items = {
        1: has_rule,
        2: keeps_the_limit(homework),
        3: not parents,
        4: bool(served["service_offered"]),
        5: bool(served["service_in_time"]),
    }
    reasons = {
        1: "作业管理办法正在施行" if has_rule else "系统里没有正在施行的作业管理办法",
        2: f"公示完整的{homework['complete']}个班级日中，{over}个超限（应公示{homework['classes']}个）",
        3: f"查实的要求家长批改或布置家长作业{parents}件",
        4: f"应开展{served['service_days']}天，已开展{served['service_served']}天",
        5: "；".join(service.why_late(served)) or (KEPT if items[5] else "系统里没有课后服务的汇总"),
    }
    return Computed(items, reasons)


# Of counties and the city: item → the count's name in reports.training or reports.oversight.
OF_TRAINING = {15: "advertising_counties", 16: "advertising_decided", 21: "authority_counties"}
OF_OVERSIGHT = {17: "complaints_received", 18: "complaints_closed"}
OF_CITY = {19: "city_authority", 20: "city_standards"}


def of_area(unit: OrgUnit, first_day: dt.date, last_day: dt.date) -> dict[int, int]:
    """Of a county its items 15 to 18 and 21, of a city 19 and 20; nothing where no school of it had a school day."""
    paths = placed(unit, first_day, last_day).paths
    schools = OrgUnit.objects.under_paths(paths, last_day).filter(level=OrgUnit.Level.SCHOOL)
    if not with_a_day(list(schools.values_list("pk", flat=True)), first_day, last_day):
        return {}
    trained = training.together(training.training(first_day, last_day, paths).values())
    if unit.level == OrgUnit.Level.CITY:
        return city_items(trained)
    return county_items(trained, oversight.together(oversight.oversight(first_day, last_day, paths).values()))


def county_items(trained: Counts, overseen: Counts) -> dict[int, int]:
    """Items 15 to 18 and 21, of what reports.training and reports.oversight count; 0 of what they know nothing of."""
    return _picked(trained, OF_TRAINING) | _picked(overseen, OF_OVERSIGHT)


def city_items(trained: Counts) -> dict[int, int]:
    """Items 19 and 20: 1 for 是."""
    return _picked(trained, OF_CITY)


def _picked(counts: Counts, names: Mapping[int, str]) -> dict[int, int]:
    return {item: counts.get(name, 0) for item, name in names.items()}
