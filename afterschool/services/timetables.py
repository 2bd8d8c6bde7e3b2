"""What a group's changed days and times make of its pupils' enrolments. What was so far stays as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from accounts.models import User
from afterschool.bookings import greatest, rosters, stay_in
from afterschool.models import CourseGroup, Enrolment, Pupil
from schools import access

CLASHES_NAMED = 10


@dataclass(slots=True)
class Rewriting:
    """Rows to be changed, added and taken away; `settled` are all the group's rows after it."""

    changed: list[Enrolment] = field(default_factory=list)
    added: list[Enrolment] = field(default_factory=list)
    gone: list[Enrolment] = field(default_factory=list)
    settled: list[Enrolment] = field(default_factory=list)
    before: list[int] = field(default_factory=list)  # ids of the group's rows before it

    @property
    def pupils(self) -> list[int]:
        """By id, those whom something new is said of."""
        return sorted({row.pupil_id for row in [*self.changed, *self.added]})

    def greatest_from(self, first_day: dt.date, last_day: dt.date) -> int:
        return greatest(((row.first_day, row.last_day) for row in self.settled), first_day, last_day)

    def clash_words(self, by: User, group: CourseGroup) -> list[str]:
        """The pupils who would be in two places; how many, for somebody who may not read their names."""
        found = list(self._clashes(group))
        if not found:
            return []
        if not access.can(by, "arrange_service", group.school.unit):
            return [f"有{len({pupil for pupil, _ in found})}名学生在这个时间已在另一个班组，不能这样改。"]
        names = dict(Pupil.objects.filter(pk__in={pupil for pupil, _ in found}).values_list("pk", "name"))
        words = [f"{names[pupil] or '一名学生'}{clash}。" for pupil, clash in found[:CLASHES_NAMED]]
        if len(found) > CLASHES_NAMED:
            words.append(f"共{len(found)}处冲突，请先处理。")
        return words

    def _clashes(self, group: CourseGroup) -> Iterator[tuple[int, str]]:
        """Asked once more only of rows that say something new."""
        known = rosters([], self.pupils, without=self.before)
        for row in sorted([*self.changed, *self.added], key=lambda one: (one.pupil_id, one.first_day)):
            if row.weekly != group.weekly:
                continue
            wanted = stay_in(group, row.first_day, row.last_day)
            for stay in known.by_pupil[row.pupil_id]:
                if clash := stay.clash(wanted):
                    yield row.pupil_id, f"{clash}已在“{stay.group_name}”（{stay.days}）"


def rewrite(group: CourseGroup, *, old_days: tuple[dt.date, dt.date], is_retimed: bool, today: dt.date) -> Rewriting:
    """Of `group` as it is to be; nothing is written. Who stayed to its old end stays to the new one."""
    done = Rewriting()
    for row in Enrolment.objects.filter(group=group).order_by("pk"):
        done.before.append(row.pk)
        was = (row.first_day, row.last_day)
        row.first_day = max(row.first_day, group.first_day)
        row.last_day = group.last_day if row.last_day == old_days[1] else min(row.last_day, group.last_day)
        if row.last_day < row.first_day:
            done.gone.append(row)
            continue
        is_changed = was != (row.first_day, row.last_day)
        if is_retimed and row.last_day >= today:
            if row.first_day < today:
                done.added.append(_from(today, row, group))
                row.last_day = today - dt.timedelta(days=1)
            else:
                row.weekly = group.weekly
            is_changed = True
        if is_changed:
            done.changed.append(row)
        done.settled.append(row)
    done.settled += done.added
    return done


def _from(day: dt.date, row: Enrolment, group: CourseGroup) -> Enrolment:
    """The same stay from `day` on, with the group's new times."""
    return Enrolment(
        group=group,
        pupil_id=row.pupil_id,
        first_day=day,
        last_day=row.last_day,
        weekly=group.weekly,
        made_by_id=row.made_by_id,
    )


def write(group: CourseGroup, rewriting: Rewriting) -> None:
    Enrolment.objects.filter(pk__in=[row.pk for row in rewriting.gone]).delete()
    Enrolment.objects.bulk_update(rewriting.changed, ["first_day", "last_day", "weekly"])
    Enrolment.objects.bulk_create(rewriting.added)
