"""A teacher's page of the day, made for a phone: what her classes have, and adding to it in a few taps."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import User
from homework import policy, services
from homework.class_days import ClassDay, class_days
from homework.forms.items import DayForm, ItemForm, SubjectDayForm
from homework.models import Item, Notice
from homework.services.notices import days_open
from homework.views.days import asked_day
from schools import access
from schools.models import ClassGroup, HeadTeacher, School, Subject, Teaching

QUICK_MINUTES = (5, 10, 15, 20, 25, 30)


@dataclass(frozen=True, slots=True)
class Card:
    """One of her classes on the page."""

    class_day: ClassDay
    subjects: list[Subject]  # hers in this class
    is_head: bool
    form: ItemForm | None
    said: str = ""  # what has just been done, or why not
    is_refused: bool = False

    @property
    def unspoken(self) -> list[Subject]:
        """Her subjects that have set nothing and not said so."""
        return [subject for subject in self.subjects if subject.pk not in self.class_day.spoken]


@dataclass(frozen=True, slots=True)
class Desk:
    """Which classes a teacher has on a day, and as what."""

    day: dt.date
    classes: list[ClassGroup]
    subjects: dict[int, list[Subject]]  # by class
    headed: set[int]

    def others(self, class_id: int) -> dict[int, tuple[ClassGroup, set[int]]]:
        """Her other classes that share a subject of hers with this one."""
        here = {subject.pk for subject in self.subjects[class_id]}
        there = {group.pk: (group, {subject.pk for subject in self.subjects[group.pk]}) for group in self.classes}
        return {pk: other for pk, other in there.items() if pk != class_id and other[1] & here}


@login_required
@require_GET
def today(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "post_homework")
    return _page(request, asked_day(request, timezone.localdate()))


@login_required
@require_http_methods(["GET", "POST"])
def item_add(request: SignedInRequest, class_id: int) -> HttpResponse:
    class_group = _class(request, class_id)
    day = _posted_day(request.POST) if request.method == "POST" else asked_day(request, timezone.localdate())
    _require_teaching(request.user, class_group, day)
    if request.method == "GET":
        return _page(request, day, only=class_id)
    desk = _desk(request.user, day)
    form = _form(desk, class_id, data=request.POST)
    if form.is_valid():
        item = form.cleaned_data
        item.pop("day")
        groups = [class_group, *(desk.others(class_id)[pk][0] for pk in sorted(set(item.pop("also"))))]
        try:
            items = services.add_item_to_classes(by=request.user, class_groups=groups, day=day, **item)
        except ValidationError as error:
            _add_errors(form, error)
        else:
            return _done(request, day, [group.pk for group in groups], _posted_words(items, groups))
    return _sent_back(request, day, class_id, form)


@login_required
@require_POST
def item_withdraw(request: SignedInRequest, item_id: int) -> HttpResponse:
    """By the teacher who set it or, where she cannot, by 教导处."""
    items = Item.objects.select_related("notice__school__unit", "subject")
    item = access.get_visible(items, request.user, pk=item_id)
    is_own = item.posted_by_id == request.user.pk
    if not is_own:
        access.require(request.user, "review_homework", item.notice.school.unit)
    day, class_id = item.notice.day, item.notice.class_group_id
    try:
        services.withdraw_item(by=request.user, item=item)
    except ValidationError as error:
        return _refused(request, day, class_id, error, to_reviews=not is_own)
    return _done(request, day, [class_id], f"已撤回：{item.subject}。", to_reviews=not is_own)


@login_required
@require_POST
def no_homework_declare(request: SignedInRequest, class_id: int) -> HttpResponse:
    return _speak_for_subject(request, class_id, withdraws=False)


@login_required
@require_POST
def no_homework_withdraw(request: SignedInRequest, class_id: int) -> HttpResponse:
    return _speak_for_subject(request, class_id, withdraws=True)


@login_required
@require_POST
def day_close(request: SignedInRequest, class_id: int) -> HttpResponse:
    return _close_or_reopen(request, class_id, reopens=False)


@login_required
@require_POST
def day_reopen(request: SignedInRequest, class_id: int) -> HttpResponse:
    return _close_or_reopen(request, class_id, reopens=True)


def _speak_for_subject(request: SignedInRequest, class_id: int, *, withdraws: bool) -> HttpResponse:
    """本科无作业, or taking it back."""
    class_group = _class(request, class_id)
    day = _posted_day(request.POST)
    _require_teaching(request.user, class_group, day)
    form = SubjectDayForm(request.POST)
    taught = {subject.pk for subject in _desk(request.user, day).subjects[class_id]}
    if not form.is_valid() or form.cleaned_data["subject"].pk not in taught:
        return _refused(request, day, class_id, ValidationError("请选择您在这个班任教的学科。"))
    subject = form.cleaned_data["subject"]
    try:
        if withdraws:
            services.withdraw_no_homework(class_group=class_group, day=day, subject=subject)
        else:
            services.declare_no_homework(by=request.user, class_group=class_group, day=day, subject=subject)
    except ValidationError as error:
        return _refused(request, day, class_id, error)
    return _done(request, day, [class_id], f"{subject}：{'已取消“本科无作业”' if withdraws else '本科无作业'}。")


def _close_or_reopen(request: SignedInRequest, class_id: int, *, reopens: bool) -> HttpResponse:
    class_group = _class(request, class_id)
    day = _posted_day(request.POST)
    if not access.may_close_day(request.user, class_group, day):
        raise PermissionDenied
    to_reviews = not access.is_head_teacher(request.user, class_group, day)
    try:
        change = services.reopen_day if reopens else services.close_day
        change(by=request.user, class_group=class_group, day=day)
    except ValidationError as error:
        return _refused(request, day, class_id, error, to_reviews=to_reviews)
    said = f"{class_group.name_on(day)}：{'已重新开放' if reopens else '今日无书面作业'}。"
    return _done(request, day, [class_id], said, to_reviews=to_reviews)


def _posted_words(items: list[Item], groups: list[ClassGroup]) -> str:
    """Subject and classes, in the order of `groups`, and which of them now wait for 教导处."""
    notices = {item.notice.class_group_id: item.notice for item in items}
    names = {group.pk: group.name_on(notices[group.pk].day) for group in groups}
    waiting = [name for pk, name in names.items() if notices[pk].review == Notice.Review.PENDING]
    said = f"已公示：{items[0].subject}，{'、'.join(names.values())}。"
    if not waiting:
        return said
    return f"{said}{'、'.join(waiting) if len(names) > 1 else ''}已超量，等待教导处审核。"


def _class(request: SignedInRequest, class_id: int) -> ClassGroup:
    return access.get_visible(ClassGroup.objects.select_related("school__unit"), request.user, pk=class_id)


def _posted_day(data: QueryDict) -> dt.date:
    """Today, where the form names no day."""
    form = DayForm(data)
    return form.cleaned_data["day"] if form.is_valid() else timezone.localdate()


def _require_teaching(user: User, class_group: ClassGroup, day: dt.date) -> None:
    access.require(user, "post_homework", class_group.school.unit)
    if not access.teaches(user, class_group, day):
        raise PermissionDenied


def _add_errors(form: ItemForm, error: ValidationError) -> None:
    """The service's words at the fields they speak of; what speaks of none stands above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error("overrun_reason" if error.code == "over_limit" else None, error)
        return
    for name, problems in error.message_dict.items():
        form.add_error(name if name in form.fields else None, problems)


def _desk(user: User, day: dt.date) -> Desk:
    """Two queries. A school where she holds no posting any more is none of hers, whatever its timetable still says."""
    hers = School.objects.inside(access.scope(user, "post_homework"))
    teachings = Teaching.objects.on(day).filter(teacher=user, class_group__school__in=hers)
    teachings = teachings.select_related("subject", "class_group__school__unit")
    headed = HeadTeacher.objects.on(day).filter(
        user=user, class_group__school__in=School.objects.inside(access.scope(user))
    )
    headed = headed.select_related("class_group__school__unit")
    classes: dict[int, ClassGroup] = {}
    subjects: dict[int, list[Subject]] = defaultdict(list)
    for teaching in teachings.order_by("subject__rank"):
        classes[teaching.class_group_id] = teaching.class_group
        subjects[teaching.class_group_id].append(teaching.subject)
    classes |= {row.class_group_id: row.class_group for row in headed if row.class_group_id not in classes}
    taught = [group for group in classes.values() if 1 <= group.grade_on(day) <= 9]
    return Desk(
        day=day,
        classes=sorted(taught, key=lambda group: (group.school_id, group.grade_on(day), group.number)),
        subjects=subjects,
        headed={row.class_group_id for row in headed},
    )


def _form(desk: Desk, class_id: int, data: QueryDict | None = None, *, limit: int = 1) -> ItemForm:
    """Where nothing may be written at home, 在校 is offered first."""
    return ItemForm(
        data,
        subjects=desk.subjects[class_id],
        others=desk.others(class_id),
        day=desk.day,
        auto_id=f"c{class_id}-%s",
        initial={"place": policy.Place.HOME if limit else policy.Place.SCHOOL},
    )


def _cards(
    desk: Desk,
    class_groups: Iterable[ClassGroup],
    *,
    sent_back: ItemForm | None = None,
    said: str = "",
    is_refused: bool = False,
) -> list[Card]:
    """A card per class; `sent_back` and `said` are for the first."""
    days = class_days(list(class_groups), desk.day, Notice.objects.all())
    cards = []
    for place, class_day in enumerate(days):
        class_id = class_day.class_group.pk
        subjects = desk.subjects.get(class_id, [])
        form = sent_back if place == 0 and sent_back else None
        cards.append(
            Card(
                class_day=class_day,
                subjects=subjects,
                is_head=class_id in desk.headed,
                form=form or (_form(desk, class_id, limit=class_day.limit) if subjects else None),
                said=said if place == 0 else "",
                is_refused=is_refused,
            )
        )
    return cards


def _page(
    request: SignedInRequest, day: dt.date, *, only: int | None = None, sent_back: ItemForm | None = None
) -> HttpResponse:
    """The whole page; `only` shows one class, with its form open."""
    desk = _desk(request.user, day)
    schools = {group.school_id: group.school for group in desk.classes}
    open_days = {school_id: days_open(school) for school_id, school in schools.items()}
    shown = [group for group in desk.classes if day in open_days[group.school_id] and only in (None, group.pk)]
    context = {
        "day": day,
        "is_today": day == timezone.localdate(),
        "is_ahead": day > timezone.localdate(),
        "today": timezone.localdate(),
        "days": sorted({one for days in open_days.values() for one in days}, reverse=True),
        "cards": _cards(desk, shown, sent_back=sent_back),
        "has_classes": bool(desk.classes),
        "only": only,
        "returned": _returned(desk.classes, day),
        "quick_minutes": QUICK_MINUTES,
        "schools": list(schools.values()),
    }
    return render(request, "homework/today.html", context, status=422 if sent_back else 200)


def _returned(class_groups: list[ClassGroup], day: dt.date) -> list[Notice]:
    """Sent back by 教导处 on other days than the one shown, and still to be mended."""
    returned = Notice.objects.filter(class_group__in=class_groups, review=Notice.Review.RETURNED).exclude(day=day)
    recent = returned.filter(day__gte=timezone.localdate() - dt.timedelta(days=14))
    return list(recent.select_related("class_group").order_by("-day"))


def _is_fragment(request: SignedInRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _fragment(
    request: SignedInRequest,
    day: dt.date,
    class_ids: list[int],
    *,
    sent_back: ItemForm | None = None,
    said: str = "",
    is_refused: bool = False,
) -> HttpResponse:
    """The cards of these classes, the first for the place that asked, the others for theirs."""
    desk = _desk(request.user, day)
    groups = [group for pk in class_ids for group in desk.classes if group.pk == pk]
    context = {
        "cards": _cards(desk, groups, sent_back=sent_back, said=said, is_refused=is_refused),
        "day": day,
        "is_today": day == timezone.localdate(),
        "quick_minutes": QUICK_MINUTES,
    }
    return render(request, "homework/_cards.html", context, status=422 if sent_back else 200)


def _sent_back(request: SignedInRequest, day: dt.date, class_id: int, form: ItemForm) -> HttpResponse:
    """The form with its errors and all that was typed."""
    if _is_fragment(request):
        return _fragment(request, day, [class_id], sent_back=form)
    return _page(request, day, only=class_id, sent_back=form)


def _done(
    request: SignedInRequest, day: dt.date, class_ids: list[int], said: str, *, to_reviews: bool = False
) -> HttpResponse:
    if _is_fragment(request) and not to_reviews:
        return _fragment(request, day, class_ids, said=said)
    messages.success(request, said)
    return _back(day, class_ids[0], to_reviews=to_reviews)


def _refused(
    request: SignedInRequest, day: dt.date, class_id: int, error: ValidationError, *, to_reviews: bool = False
) -> HttpResponse:
    if _is_fragment(request) and not to_reviews:
        return _fragment(request, day, [class_id], said="".join(error.messages), is_refused=True)
    messages.error(request, "".join(error.messages))
    return _back(day, class_id, to_reviews=to_reviews)


def _back(day: dt.date, class_id: int, *, to_reviews: bool) -> HttpResponse:
    if to_reviews:
        return redirect("homework:review_list")
    return redirect(f"{reverse('homework:today')}?day={day.isoformat()}#class-{class_id}")
