"""Writing a class's plan of a vacation.

Every write locks the class's row first, so that two teachers cannot overrun the limit unseen.
"""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.sent_forms import is_first
from accounts.services import audit
from homework import board, policy
from homework.models import LocalLimit, VacationItem, VacationPlan
from homework.rules import LONGEST_DAYS_OFF, RuleBook
from homework.vacations import LONGEST, ONE_DAY, Vacation, open_vacations, vacations_near
from paper.pdf import unprintable
from schools.models import ClassGroup, School, Subject
from schools.models.units import codes_in


@transaction.atomic
def add_vacation_item(
    *, by: User, class_group: ClassGroup, subject: Subject, content: str, kind: str, layer: str, daily_minutes: int
) -> VacationItem:
    """Add something to do in the class's next or present vacation.

    Raises ValidationError: no vacation near, its end unknown, beyond the limit of a day (code "over_limit"), a bad
    field.
    """
    plan = _locked_plan(class_group)
    item = VacationItem(
        plan=plan,
        subject=subject,
        content=content.strip(),
        kind=kind,
        layer=layer,
        daily_minutes=daily_minutes,
        posted_by=by,
    )
    item.full_clean(exclude=["plan"] if plan.pk is None else None)
    if bad := unprintable(item.content):
        raise ValidationError({"content": f"“{bad}”印不到纸上，请换成文字。"})
    load = policy.load([*_works(plan), _work(item)])
    if load > plan.limit_minutes:
        raise ValidationError(_over_limit_words(plan, load), code="over_limit")
    plan.load_minutes = load
    plan.full_clean()
    plan.save()
    item.plan = plan
    item.save()
    _show(plan.school_id)
    return item


@transaction.atomic
def add_vacation_item_to_classes(
    *, by: User, class_groups: list[ClassGroup], key: uuid.UUID | None = None, **item: object
) -> list[VacationItem]:
    """`add_vacation_item` for several classes: for all or, when one raises, for none.

    In the order of their ids, so that two teachers who share classes never wait for each other. With the `key` of a
    form that was carried out before, nothing is done and nothing returned.
    """
    if key and not is_first(by, key):
        return []
    in_order = sorted(class_groups, key=lambda class_group: class_group.pk)
    return [add_vacation_item(by=by, class_group=class_group, **item) for class_group in in_order]  # type: ignore[arg-type]


@transaction.atomic
def withdraw_vacation_item(*, by: User, item: VacationItem) -> None:
    """Take an item off the plan; it stays on record. Withdrawing twice changes nothing. Raises ValidationError when the
    vacation is over."""
    _lock(item.plan.class_group_id)
    plan = VacationPlan.objects.select_related("school__unit").get(pk=item.plan_id)
    if plan.last_day < timezone.localdate():
        raise ValidationError("假期已经结束，不能再撤回。")
    if not VacationItem.objects.live().filter(pk=item.pk).update(withdrawn_at=timezone.now(), withdrawn_by=by):
        return
    plan.load_minutes = policy.load(_works(plan))
    plan.save(update_fields=["load_minutes"])
    _show(plan.school_id)
    path = plan.school.unit.path_on(timezone.localdate())
    audit(by=by, action="vacation_item.withdraw", subject=item, path=path, content=item.content)


@transaction.atomic
def set_vacation_end(*, by: User, school: School, last_day: dt.date) -> int:
    """教导处 says until when the vacation lasts, while the calendar does not: every class gets a plan to be filled.

    Returns the number of classes. Raises ValidationError: no vacation near, the calendar knows, or not plausible.
    """
    today = timezone.localdate()
    vacation = vacations_near([school.pk], today).get(school.pk)
    if vacation is None:
        raise ValidationError("现在离放假还有14天以上，不用填写。")
    if vacation.last_day:
        raise ValidationError(f"下学期的校历已经设置，假期到{vacation.last_day:%Y年%-m月%-d日}，不用填写。")
    earliest = max(vacation.last_school_day + LONGEST_DAYS_OFF, today)
    latest = vacation.first_day + LONGEST
    if not earliest <= last_day <= latest:
        raise ValidationError({"last_day": f"假期最后一天应在{earliest:%Y年%-m月%-d日}到{latest:%Y年%-m月%-d日}之间。"})
    classes = list(ClassGroup.objects.filter(school=school).select_for_update(no_key=True).order_by("pk"))
    plans = _plans_of(school, vacation)
    plans.update(first_day=vacation.first_day, last_day=last_day)
    known = set(plans.values_list("class_group", flat=True))
    book = RuleBook.read([school.pk], vacation.last_school_day, vacation.last_school_day)
    at_school = [group for group in classes if is_at_school(group, vacation)]
    missing = [_new_plan(group, school, vacation, last_day, book) for group in at_school if group.pk not in known]
    VacationPlan.objects.bulk_create(missing)
    path = school.unit.path_on(today)
    _show(school.pk)
    audit(by=by, action="vacation.end", subject=school, path=path, last_day=last_day.isoformat())
    return len(at_school)


def _show(school_id: int) -> None:
    """On the board, as soon as it is written."""
    transaction.on_commit(lambda: board.forget([school_id]))


def is_at_school(class_group: ClassGroup, vacation: Vacation) -> bool:
    """Whether the class exists on the vacation's last school day, in grades 1 to 9."""
    day = vacation.last_school_day
    ends_later = class_group.last_day is None or class_group.last_day >= day
    return class_group.first_day <= day and ends_later and 1 <= class_group.grade_on(day) <= 9


def _locked_plan(class_group: ClassGroup) -> VacationPlan:
    """The class's plan of the vacation near today, with the days and the limit as they now are; unsaved where new."""
    _lock(class_group.pk)
    today = timezone.localdate()
    vacation = open_vacations([class_group.school_id], today).get(class_group.school_id)
    if vacation is None:
        raise ValidationError("放假前14天起到假期结束，才能填写假期作业。")
    if vacation.last_day is None:
        raise ValidationError("下学期的校历还没有设置，不知道假期到哪天。请教导处先在“假期作业”页填写假期最后一天。")
    if not is_at_school(class_group, vacation):
        raise ValidationError(f"{class_group}放假时不在册，不能填写假期作业。")
    school, day = class_group.school, vacation.last_school_day
    fresh = _new_plan(class_group, school, vacation, vacation.last_day, RuleBook.read([school.pk], day, day))
    plan = _plans_of(school, vacation).filter(class_group=class_group).first()
    if plan is None:
        return fresh
    plan.first_day, plan.last_day, plan.limit_minutes = fresh.first_day, fresh.last_day, fresh.limit_minutes
    return plan


def _lock(class_id: int) -> None:
    """Homework that names the class goes on meanwhile."""
    ClassGroup.objects.select_for_update(no_key=True).get(pk=class_id)


def _plans_of(school: School, vacation: Vacation) -> QuerySet[VacationPlan]:
    """The plans of this vacation, also when the calendar has moved since they were made."""
    until = vacation.last_day or vacation.first_day + LONGEST
    return VacationPlan.objects.filter(school=school, first_day__lte=until, last_day__gte=vacation.first_day)


def _new_plan(
    class_group: ClassGroup, school: School, vacation: Vacation, last_day: dt.date, book: RuleBook
) -> VacationPlan:
    """A day of vacation has the limit of the last school day."""
    grade = class_group.grade_on(vacation.last_school_day)
    return VacationPlan(
        class_group=class_group,
        school=school,
        grade=grade,
        first_day=vacation.first_day,
        last_day=last_day,
        limit_minutes=book.limit(school, grade, vacation.last_school_day),
    )


def _works(plan: VacationPlan) -> list[policy.Work]:
    return [_work(item) for item in plan.items.live()] if plan.pk else []


def _work(item: VacationItem) -> policy.Work:
    return policy.Work(item.kind, policy.Place.HOME, item.layer, item.daily_minutes)


def _over_limit_words(plan: VacationPlan, load: int) -> str:
    """With the rule that says so: the strictest, else the State's."""
    day = plan.first_day - ONE_DAY
    stage, name = plan.school.stage_of(plan.grade), plan.class_group.name_on(day)
    rule = policy.national_limit(stage, plan.grade, day)
    words = f"{rule.words}（《{rule.document}》{rule.clause}）"
    if plan.limit_minutes < rule.minutes:
        units = codes_in(plan.school.unit.path_on(day))
        local = LocalLimit.objects.of_units(units).in_force(day).select_related("unit")
        own = local.filter(stage=stage, grade=plan.grade, minutes=plan.limit_minutes, span="day").first()
        words = f"{own.unit}规定为{own.minutes}分钟（《{own.document}》{own.clause}）" if own else words
    if plan.limit_minutes == 0:
        return f"{name}不能布置书面的假期作业：{words}。请改为阅读、实践、体育、劳动等。"
    return (
        f"加上这项，{name}假期每天书面作业共{load}分钟，超过{plan.limit_minutes}分钟：{words}。"
        f"假期作业超过限量的不能公示，请减少用时。"
    )
