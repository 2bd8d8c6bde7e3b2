"""From a figure down to the class-days that it counts: what the address asks of one school's notices."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from homework.models import Item, Kind, Notice, NoticeQuerySet, WordingWarning
from homework.wording import wording_rules
from reports import signs
from schools.asked import one_of
from schools.models import ClassGroup, School, Subject
from schools.models.classes import GRADE_NAMES

STATES = {
    "late": "过截止时间才公示完整",
    "incomplete": "未公示完整",
    "over": "超量",
    "at_limit": "总量正好等于限量",
    "quick": "一人连着填报",
    "night": "半夜公示",
}
# bigint's and a short text's bounds: what lies beyond names no row.
LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """None and empty ask for nothing."""

    first_day: dt.date
    last_day: dt.date
    class_id: int | None = None
    grade: int | None = None
    subject: int | None = None
    minutes: int | None = None
    kind: str = ""
    wording: str = ""
    text: str = ""
    state: str = ""


def asked(address: Mapping[str, str], first_day: dt.date, last_day: dt.date) -> Asked:
    """What makes no sense is not asked for; the days are those given unless the address names two in order."""
    first, last = _day(address.get("first")), _day(address.get("last"))
    if first and last and first <= last:
        first_day, last_day = first, last
    return Asked(
        first_day,
        last_day,
        class_id=_number(address.get("class")),
        grade=_number(address.get("grade")),
        subject=_number(address.get("subject")),
        minutes=_number(address.get("minutes")),
        kind=one_of(address.get("kind"), Kind.values),
        wording=one_of(address.get("wording"), wording_rules()),
        text=address.get("text", "").replace("\0", "")[:500],
        state=one_of(address.get("state"), STATES),
    )


def _day(text: str | None) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2999 else None


def _number(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdecimal()):
        return None
    return min(int(text[:12]), LARGEST)


def class_days(school: School, asked: Asked) -> NoticeQuerySet:
    """The latest first, then by class."""
    notices = Notice.objects.filter(school=school).between(asked.first_day, asked.last_day)
    if asked.class_id is not None:
        notices = notices.filter(class_group=asked.class_id)
    if asked.grade is not None:
        notices = notices.filter(grade=asked.grade)
    if asked.minutes is not None:
        notices = notices.filter(is_complete=True, load_minutes=asked.minutes)
    notices = _with_items(notices, asked)
    notices = notices.filter(_in_state(school, asked))
    return notices.select_related("class_group").order_by("-day", "grade", "class_group__number", "pk")


def _with_items(notices: NoticeQuerySet, asked: Asked) -> NoticeQuerySet:
    """Those with one item that is all that was asked."""
    wanted = {"subject": asked.subject, "kind": asked.kind, "content": asked.text}
    wanted = {name: value for name, value in wanted.items() if value not in (None, "")}
    items = Item.objects.live().filter(notice=OuterRef("pk"), **wanted)
    if asked.wording:
        items = items.filter(Exists(WordingWarning.objects.filter(item=OuterRef("pk"), rule=asked.wording)))
    return notices.filter(Exists(items)) if wanted or asked.wording else notices


def _in_state(school: School, asked: Asked) -> Q:
    if asked.state == "late":
        return Q(is_complete=True, is_on_time=False)
    if asked.state == "incomplete":
        return Q(is_complete=False)
    if asked.state == "over":
        return ~Q(breached_rule="")
    if asked.state == "at_limit":
        return Q(is_complete=True, limit_minutes__gt=0, load_minutes=F("limit_minutes"))
    if asked.state == "night":
        until = signs.sign_rules()["odd_hours"].thresholds["until"]
        return Q(Exists(Item.objects.live().filter(notice=OuterRef("pk"), posted_at__hour__lt=until)))
    if asked.state == "quick":
        found = signs.late_or_quick([school.pk], signs.Days(asked.first_day, asked.last_day))
        return Q(pk__in=[notice for trace in found for notice in trace.notices])
    return Q()


def in_words(school: School, asked: Asked) -> list[str]:
    """What was asked, a short phrase each. At most two queries."""
    words = [f"{asked.first_day:%Y年%-m月%-d日}至{asked.last_day:%-m月%-d日}", *_whose(school, asked)]
    if asked.kind:
        words.append(Kind(asked.kind).label)
    if asked.wording:
        words.append(f"用语提醒：{wording_rules()[asked.wording].name}")
    if asked.minutes is not None:
        words.append(f"书面作业{asked.minutes}分钟")
    if asked.text:
        words.append(f"内容为“{asked.text}”")
    if asked.state:
        words.append(STATES[asked.state])
    return words


def _whose(school: School, asked: Asked) -> list[str]:
    words = []
    if asked.class_id is not None:
        group = ClassGroup.objects.filter(school=school, pk=asked.class_id).first()
        words.append(group.name_on(asked.last_day) if group else "没有这个班")
    if asked.grade is not None:
        words.append(GRADE_NAMES[asked.grade] if 1 <= asked.grade <= 9 else "没有这个年级")
    if asked.subject is not None:
        words.append(str(Subject.objects.filter(pk=asked.subject).first() or "没有这个学科"))
    return words
