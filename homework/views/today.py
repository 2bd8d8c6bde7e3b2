"""A teacher's page of the day, made for a phone: what her classes have, and adding to it in a few taps."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import SignedInRequest
from accounts.models import User
from accounts.refusals import add_errors
from homework import services, suggestions
from homework.forms.items import ItemForm, SubjectDayForm
from homework.models import Item, Notice, SavedItem
from homework.views import answers, desk
from schools import access
from schools.models import ClassGroup, Subject
from schools.views.days import asked_day


@login_required
@require_GET
def today(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "post_homework")
    return answers.page(request, asked_day(request, timezone.localdate()))


@login_required
@require_http_methods(["GET", "POST"])
def item_add(request: SignedInRequest, class_id: int) -> HttpResponse:
    if request.headers.get("X-Written-By", str(request.user.pk)) != str(request.user.pk):
        return HttpResponse(status=409)  # typed under another account on a shared phone: it is hers to send
    day = posted_day(request.POST) if request.method == "POST" else asked_day(request, timezone.localdate())
    taught = desk.read_taught(request.user, day)
    if class_id not in taught:
        answers.require_teaching(request.user, answers.class_seen(request, class_id), day)  # says why not
        raise PermissionDenied
    if request.method == "GET":
        return answers.page(request, day, only=class_id, begun=_begun(request))
    form = desk.posted_form(taught, class_id, day, request.POST)
    if form.is_valid():
        groups = [taught[pk].group for pk in (class_id, *sorted(set(form.cleaned_data["also"])))]
        try:
            items = _post(request.user, form, groups, day)
        except ValidationError as error:
            add_errors(form, error, plain_at=answers.place_of(error))
        else:
            said = _posted_words(form.cleaned_data["subject"], items, groups, day)
            return answers.done(request, day, [group.pk for group in groups], said)
    return answers.sent_back(request, day, class_id, form)


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


def _begun(request: SignedInRequest) -> dict[str, object]:
    """What stands in the form where a suggestion was followed as a link: `?again=` an item of hers, `?saved=` one kept.

    What is none of hers is as if it had not been asked for.
    """
    for name, rows in (
        ("again", Item.objects.filter(posted_by=request.user)),
        ("saved", SavedItem.objects.filter(user=request.user)),
    ):
        number = request.GET.get(name, "")
        row = rows.filter(pk=int(number)).values(*suggestions.FIELDS).first() if _is_id(number) else None
        if row:
            return row
    return {}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _post(user: User, form: ItemForm, groups: list[ClassGroup], day: dt.date) -> list[Item]:
    """Raises ValidationError; then nothing is kept, the template neither."""
    return services.add_item_to_classes(
        by=user,
        class_groups=groups,
        day=day,
        key=form.cleaned_data["key"],
        keeps=form.cleaned_data["keep"],
        overrun_reason=form.cleaned_data["overrun_reason"],
        **{name: form.cleaned_data[name] for name in suggestions.FIELDS},
    )


def _speak_for_subject(request: SignedInRequest, class_id: int, *, withdraws: bool) -> HttpResponse:
    """本科无作业, or taking it back."""
    class_group = answers.class_seen(request, class_id)
    day = posted_day(request.POST)
    answers.require_teaching(request.user, class_group, day)
    form = SubjectDayForm(request.POST)
    taught = {subject.pk for subject in desk.read_desk(request.user, day).subjects[class_id]}
    if not form.is_valid() or form.cleaned_data["subject"].pk not in taught:
        return answers.refused(request, day, class_id, ValidationError("请选择您在这个班任教的学科。"))
    subject = form.cleaned_data["subject"]
    try:
        if withdraws:
            services.withdraw_no_homework(class_group=class_group, day=day, subject=subject)
        else:
            services.declare_no_homework(by=request.user, class_group=class_group, day=day, subject=subject)
    except ValidationError as error:
        return answers.refused(request, day, class_id, error)
    said = f"{subject}：{'已取消“本科无作业”' if withdraws else '本科无作业'}。"
    return answers.done(request, day, [class_id], said)


def _close_or_reopen(request: SignedInRequest, class_id: int, *, reopens: bool) -> HttpResponse:
    class_group = answers.class_seen(request, class_id)
    day = posted_day(request.POST)
    if not access.may_close_day(request.user, class_group, day):
        raise PermissionDenied
    to = "" if access.is_head_teacher(request.user, class_group, day) else "homework:incomplete_list"
    try:
        change = services.reopen_day if reopens else services.close_day
        change(by=request.user, class_group=class_group, day=day)
    except ValidationError as error:
        return answers.refused(request, day, class_id, error, to=to)
    said = f"{class_group.name_on(day)}：{'已重新开放' if reopens else '今日无书面作业'}。"
    return answers.done(request, day, [class_id], said, to=to)


def _posted_words(subject: Subject, items: list[Item], groups: list[ClassGroup], day: dt.date) -> str:
    """Subject and classes, in the order of `groups`, and which of them now wait for 教导处."""
    names = {group.pk: group.name_on(day) for group in groups}
    review = {item.notice.class_group_id: item.notice.review for item in items}
    waiting = [name for pk, name in names.items() if review.get(pk) == Notice.Review.PENDING]
    said = f"已公示：{subject}，{'、'.join(names.values())}。"
    if not waiting:
        return said
    return f"{said}{'、'.join(waiting) if len(names) > 1 else ''}已超量，等待教导处审核。"


def posted_day(data: QueryDict) -> dt.date:
    """Today, where the form names no day."""
    try:
        return dt.date.fromisoformat(data.get("day", ""))
    except ValueError:
        return timezone.localdate()
