"""A teacher's desk: which classes she has on a day, and a card for each. A few queries, however many they are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.prepared import Prepared
from homework import policy
from homework.class_days import ClassDay, class_days
from homework.forms.items import ItemForm
from homework.models import Notice
from homework.rules import SCHOOL_DAYS_TO_ADD_LATE, due_among, still_open
from homework.suggestions import Earlier, Suggestion, earlier, suggest, usual_minutes
from schools import access
from schools.models import ClassGroup, HeadTeacher, School, SchoolDay, Subject, Teaching

QUICK_MINUTES = (5, 10, 15, 20, 25, 30)
# For how long the page reminds of what 教导处 has sent back.
DAYS_TO_MEND = 14


# By hand, since every posted item asks: each class she teaches with its school, the school's place and her subjects.
CLASS_FIELDS = ("id", "school_id", "entry_year", "entry_grade", "number", "first_day", "last_day", "board_key")
TAUGHT = Prepared(
    "homework_taught",
    """
    SELECT row_to_json(school), json_agg(subject ORDER BY subject.rank),
        class.id, class.school_id, class.entry_year, class.entry_grade, class.number, class.first_day, class.last_day,
        class.board_key
    FROM schools_teaching AS teaching
    JOIN schools_classgroup AS class ON class.id = teaching.class_group_id
    JOIN schools_subject AS subject ON subject.id = teaching.subject_id
    JOIN schools_school AS school ON school.unit_id = class.school_id
    JOIN schools_unitplace AS place ON place.unit_id = class.school_id
    WHERE teaching.teacher_id = %(user)s
        AND teaching.first_day <= %(day)s AND (teaching.last_day IS NULL OR teaching.last_day >= %(day)s)
        AND place.first_day <= %(today)s AND (place.last_day IS NULL OR place.last_day >= %(today)s)
        AND EXISTS (
            SELECT FROM schools_posting AS posting
            JOIN schools_unitplace AS above ON above.unit_id = posting.unit_id
            WHERE posting.user_id = %(user)s AND posting.role = ANY (%(roles)s) AND starts_with(place.path, above.path)
                AND posting.first_day <= %(today)s AND (posting.last_day IS NULL OR posting.last_day >= %(today)s)
                AND above.first_day <= %(today)s AND (above.last_day IS NULL OR above.last_day >= %(today)s)
        )
    GROUP BY class.id, school.unit_id
    """,
)


@dataclass(frozen=True, slots=True)
class Taught:
    """A class and the subjects that a teacher teaches there."""

    group: ClassGroup
    subjects: list[Subject]


@dataclass(frozen=True, slots=True)
class Room:
    """The minutes that a school leaves to one subject of a class's day, and how many of them are left."""

    subject: Subject
    minutes: int
    left: int  # at least 0
    is_hers: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """A notice of another day that 教导处 has sent back, to be mended."""

    class_id: int
    day: dt.date
    note: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Which classes a teacher has on a day, and as what."""

    day: dt.date
    classes: list[ClassGroup]
    subjects: dict[int, list[Subject]]  # hers, by class
    due: dict[int, list[Subject]]  # everybody's, by class
    headed: set[int]
    open_days: dict[int, list[dt.date]]  # on which she may post, by class, the latest first
    returned: list[Returned]

    def others(self, class_id: int) -> dict[int, tuple[ClassGroup, set[int]]]:
        return others({group.pk: Taught(group, self.subjects[group.pk]) for group in self.classes}, class_id)

    @property
    def grades(self) -> dict[int, int]:
        return {group.pk: group.grade_on(self.day) for group in self.classes}


@dataclass(frozen=True, slots=True)
class Habits:
    """What she has set before and keeps, and how long her subjects' homework usually takes."""

    known: list[Earlier] = field(default_factory=list)
    usual: dict[tuple[int, int, int], int] = field(default_factory=dict)  # by school, grade and subject

    def minutes(self, class_day: ClassDay, subjects: Iterable[Subject]) -> dict[int, int]:
        """By subject id."""
        grade = class_day.class_group.grade_on(class_day.day)
        known = ((subject.pk, (class_day.class_group.school_id, grade, subject.pk)) for subject in subjects)
        return {pk: self.usual[key] for pk, key in known if key in self.usual}


@dataclass(frozen=True, slots=True)
class Card:
    """One of her classes on the page."""

    class_day: ClassDay
    subjects: list[Subject]  # hers in this class
    is_head: bool
    form: ItemForm | None
    suggestions: list[Suggestion]
    said: str = ""  # what has just been done, or why not
    is_refused: bool = False

    @property
    def unspoken(self) -> list[Subject]:
        """Her subjects that have set nothing and not said so."""
        return [subject for subject in self.subjects if subject.pk not in self.class_day.spoken]

    @property
    def rooms(self) -> list[Room]:
        """Who still has room, where the school shares the day out: hers first."""
        hers = {subject.pk for subject in self.subjects}
        rooms = [
            Room(subject, minutes, max(minutes - self._minutes_of(subject), 0), subject.pk in hers)
            for subject in self.class_day.due
            if (minutes := self.class_day.shares.get(subject.pk)) is not None
        ]
        return sorted(rooms, key=lambda room: not room.is_hers)

    @property
    def whose_turn(self) -> list[Subject]:
        """By the school's weekly plan; empty where it leaves the day open."""
        return self.class_day.due if self.class_day.rota is not None else []

    @property
    def is_her_turn(self) -> bool:
        rota = self.class_day.rota
        return rota is None or any(subject.pk in rota for subject in self.subjects)

    def _minutes_of(self, subject: Subject) -> int:
        return policy.load([item.work for item in self.class_day.items if item.subject_id == subject.pk])


def read_taught(user: User, day: dt.date) -> dict[int, Taught]:
    """By their ids, the classes for which she may post on `day`: she teaches there, and holds a posting there today.

    One query.
    """
    roles = [role.value for role in access.ROLES_FOR["post_homework"]]
    taught = {}
    for school, subjects, *row in TAUGHT.rows(user=user.pk, roles=roles, day=day, today=timezone.localdate()):
        group = ClassGroup.from_db("default", CLASS_FIELDS, row)
        group.school = School(**school)
        taught[group.pk] = Taught(group, [Subject(**subject) for subject in subjects])
    return taught


def others(taught: Mapping[int, Taught], class_id: int) -> dict[int, tuple[ClassGroup, set[int]]]:
    """Her other classes that share a subject of hers with this one, with the ids of her subjects there."""
    ids = {pk: {subject.pk for subject in row.subjects} for pk, row in taught.items()}
    return {pk: (taught[pk].group, there) for pk, there in ids.items() if pk != class_id and there & ids[class_id]}


def posted_form(taught: Mapping[int, Taught], class_id: int, day: dt.date, data: QueryDict) -> ItemForm:
    """The form of a class's card as it came back."""
    return ItemForm(
        data,
        subjects=taught[class_id].subjects,
        others=others(taught, class_id),
        day=day,
        auto_id=f"c{class_id}-%s",
    )


def read_desk(user: User, day: dt.date) -> Desk:
    """Two queries. A school where she holds no posting any more is none of hers, whatever its timetable still says."""
    hers = School.objects.inside(access.scope(user, "post_homework"))
    seen = School.objects.inside(access.scope(user))
    teaches = Teaching.objects.on(day).filter(teacher=user, class_group=OuterRef("pk"), class_group__school__in=hers)
    heads = HeadTeacher.objects.on(day).filter(user=user, class_group=OuterRef("pk"), class_group__school__in=seen)
    classes = ClassGroup.objects.annotate(is_taught=Exists(teaches), is_headed=Exists(heads), **_days(day))
    found = classes.filter(Q(is_taught=True) | Q(is_headed=True)).select_related("school__unit")
    taught = [group for group in found if 1 <= group.grade_on(day) <= 9]
    in_order = sorted(taught, key=lambda group: (group.school_id, group.grade_on(day), group.number))
    teachings = Teaching.objects.on(day).filter(class_group__in=in_order).select_related("subject")
    return _desk(user, day, in_order, list(teachings.order_by("subject__rank", "subject")))


def _days(day: dt.date) -> dict[str, ArraySubquery]:
    """Each class's latest school days, and the notices of other days that it has to mend."""
    today = timezone.localdate()
    held = SchoolDay.objects.held().filter(school=OuterRef("school"), day__lte=today).order_by("-day")
    recent = Notice.objects.filter(class_group=OuterRef("pk"), review=Notice.Review.RETURNED)
    recent = recent.filter(day__gte=today - dt.timedelta(days=DAYS_TO_MEND)).exclude(day=day)
    return {
        "latest_days": ArraySubquery(held.values("day")[: SCHOOL_DAYS_TO_ADD_LATE + 1]),
        "returned": ArraySubquery(recent.values(row=JSONObject(day="day", note="review_note"))),
    }


def _desk(user: User, day: dt.date, groups: Sequence[ClassGroup], teachings: list[Teaching]) -> Desk:
    taught = {group.pk for group in groups if group.is_taught}  # type: ignore[attr-defined]
    subjects: dict[int, list[Subject]] = defaultdict(list)
    for teaching in teachings:
        if teaching.teacher_id == user.pk and teaching.class_group_id in taught:
            subjects[teaching.class_group_id].append(teaching.subject)
    returned = [
        Returned(group.pk, dt.date.fromisoformat(row["day"]), row["note"])
        for group in groups
        for row in group.returned  # type: ignore[attr-defined]
    ]
    today = timezone.localdate()
    return Desk(
        day=day,
        classes=list(groups),
        subjects=subjects,
        due=due_among(groups, day, teachings),
        headed={group.pk for group in groups if group.is_headed},  # type: ignore[attr-defined]
        open_days={group.pk: still_open(group.latest_days, today) for group in groups},  # type: ignore[attr-defined]
        returned=sorted(returned, key=lambda one: one.day, reverse=True),
    )


def habits(user: User, desk: Desk) -> Habits:
    """Two queries."""
    teaching = [group for group in desk.classes if desk.subjects[group.pk]]
    if not teaching:
        return Habits()
    known = earlier(user, [group.pk for group in teaching], desk.day)
    return Habits(known, usual_minutes(user, teaching, desk.day))


def item_form(
    desk: Desk,
    class_id: int,
    *,
    limit: int,
    usual: dict[int, int],
    initial: dict[str, object],
) -> ItemForm:
    """Where nothing may be written at home, 在校 is offered first."""
    place = policy.Place.HOME if limit else policy.Place.SCHOOL
    return ItemForm(
        subjects=desk.subjects[class_id],
        others=desk.others(class_id),
        day=desk.day,
        usual=usual,
        auto_id=f"c{class_id}-%s",
        initial={"place": place} | initial,
    )


def read_cards(
    user: User,
    desk: Desk,
    class_groups: Iterable[ClassGroup],
    *,
    sent_back: ItemForm | None = None,
    begun: dict[str, object] | None = None,
    said: str = "",
    is_refused: bool = False,
) -> list[Card]:
    """A card per class; `sent_back`, `begun` (what stands in the form) and `said` are for the first. Six queries."""
    days = class_days(list(class_groups), desk.day, Notice.objects.all(), desk.due)
    spoken = {day.class_group.pk: day.spoken for day in days}
    mine = habits(user, desk)
    cards = []
    for place, class_day in enumerate(days):
        is_first = place == 0
        subjects = desk.subjects.get(class_day.class_group.pk, [])
        fresh = _form(desk, class_day, subjects, mine, begun if is_first else None, spoken)
        cards.append(
            Card(
                class_day=class_day,
                subjects=subjects,
                is_head=class_day.class_group.pk in desk.headed,
                form=sent_back if is_first and sent_back else fresh,
                suggestions=_suggestions(desk, class_day, subjects, mine, spoken),
                said=said if is_first else "",
                is_refused=is_refused,
            )
        )
    return cards


def _form(
    desk: Desk,
    class_day: ClassDay,
    subjects: list[Subject],
    mine: Habits,
    begun: dict[str, object] | None,
    spoken: Mapping[int, set[int]],
) -> ItemForm | None:
    if not subjects:
        return None
    usual = mine.minutes(class_day, subjects) if class_day.limit else {}
    initial: dict[str, object] = {"also": _also(desk, class_day, subjects, mine, spoken)} | (begun or {})
    return item_form(desk, class_day.class_group.pk, limit=class_day.limit, usual=usual, initial=initial)


def _suggestions(
    desk: Desk, class_day: ClassDay, subjects: list[Subject], mine: Habits, spoken: Mapping[int, set[int]]
) -> list[Suggestion]:
    """Offered for the other classes too that had the same, where the subject has not spoken yet."""
    found = suggest(
        mine.known,
        class_id=class_day.class_group.pk,
        subject_ids=[subject.pk for subject in subjects],
        day=desk.day,
        grades=desk.grades,
    )
    return [
        replace(one, also=tuple(pk for pk in one.also if one.what.subject_id not in spoken.get(pk, ())))
        for one in found
    ]


def _also(
    desk: Desk, class_day: ClassDay, subjects: list[Subject], mine: Habits, spoken: Mapping[int, set[int]]
) -> list[int]:
    """The other classes that had the same as this one when she posted last."""
    again = _suggestions(desk, class_day, subjects[:1], mine, spoken)[:1]
    others = desk.others(class_day.class_group.pk)
    return [pk for one in again for pk in one.also if pk in others]
