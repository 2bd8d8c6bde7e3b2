"""教导处's queue: overruns that wait for her word, and notices to be looked at before they appear. Beside it what she
decided today, and the classes still incomplete."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.http import SignedInRequest
from homework import policy, services
from homework.class_days import ClassDay, class_days
from homework.forms.reviews import QUICK_REASONS, ReturnForm, seen_notices
from homework.models import Decision, Item, Notice
from homework.rules import RuleBook
from homework.services.reviews import decided_words
from homework.wording import wording_rules
from schools import access
from schools.models import ClassGroup, School

NOTICES_ON_A_PAGE = 20
DECISIONS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One notice in the queue."""

    notice: Notice
    name: str
    items: list[tuple[Item, bool]]  # each with whether it came after the cut-off
    warnings: list[str]  # names of the rules of wording that its items touch
    cut_off: dt.time | None
    is_open: bool  # whether its teachers may still change that day
    form: ReturnForm

    @property
    def seen(self) -> str:
        """What she decides upon: the notice and its last item."""
        return f"{self.notice.pk}:{self.last_item}"

    @property
    def last_item(self) -> int:
        return max((item.pk for item, _ in self.items), default=0)

    @property
    def overrun(self) -> int:
        """Minutes beyond the limit, at least 0."""
        return max(self.notice.load_minutes - self.notice.limit_minutes, 0)

    @property
    def late_items(self) -> int:
        return sum(is_late for _, is_late in self.items)

    @property
    def pass_label(self) -> str:
        if self.notice.review != Notice.Review.PENDING:
            return "放行"
        return "维持并公开（记为超量）" if self.notice.is_hidden else "维持（记为超量）"


@login_required
@require_GET
def review_list(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "review_homework")
    return _page(request, request.GET.get("page"))


@login_required
@require_POST
def review_pass(request: SignedInRequest) -> HttpResponse:
    """Lets stand and appear what is ticked, or the one whose button was pressed."""
    paths = access.require_anywhere(request.user, "review_homework")
    seen = seen_notices(request.POST)
    hers = Notice.objects.inside(paths).filter(pk__in=seen).values_list("pk", flat=True)
    outcome = services.let_pass(by=request.user, seen={pk: seen[pk] for pk in hers})
    if outcome.passed:
        messages.success(request, f"已处理{len(outcome.passed)}份：{_names(outcome.passed)}。")
    for notice in outcome.gone:
        messages.error(request, f"{_names([notice])}：{decided_words(notice)}")
    if outcome.changed:
        messages.error(request, f"{_names(outcome.changed)}：在您查看后有改动，没有处理，请再看一遍。")
    if not seen:
        messages.error(request, "没有选中作业。请先勾选，或点某一份下面的按钮。")
    return _back(request)


@login_required
@require_POST
def review_return(request: SignedInRequest, notice_id: int) -> HttpResponse:
    notices = Notice.objects.select_related("class_group", "school__unit")
    notice = access.get_visible(notices, request.user, pk=notice_id)
    access.require(request.user, "review_homework", notice.school.unit)
    form = ReturnForm(request.POST, auto_id=f"n{notice_id}-%s")
    if not form.is_valid():
        return _page(request, request.POST.get("page"), sent_back=(notice_id, form))
    try:
        services.send_back(
            by=request.user, notice=notice, note=form.cleaned_data["note"], last_item=form.cleaned_data["last_item"]
        )
    except ValidationError as error:
        messages.error(request, f"{_names([notice])}：{''.join(error.messages)}")
    else:
        messages.success(request, f"{_names([notice])}：已退回修改，并告诉了教师。")
    return _back(request)


@login_required
@require_GET
def incomplete_list(request: SignedInRequest) -> HttpResponse:
    """Today's classes that have not said all, with what is missing."""
    paths = access.require_anywhere(request.user, "review_homework")
    today = timezone.localdate()
    teaching = School.objects.inside(paths).filter(days__day=today, days__is_cancelled=False)
    classes = ClassGroup.objects.on(today).filter(school__in=teaching).select_related("school__unit").in_order()
    days = class_days(list(classes), today, Notice.objects.all())
    incomplete = [day for day in days if not (day.notice and day.notice.is_complete)]
    context = {"today": today, "incomplete": incomplete, "classes": len(days), "many_schools": _many(days)}
    return render(request, "homework/incomplete_list.html", context)


def _page(
    request: SignedInRequest, number: str | None, *, sent_back: tuple[int, ReturnForm] | None = None
) -> HttpResponse:
    """`sent_back`: a notice's id and the form that could not be accepted."""
    paths = access.scope(request.user, "review_homework")
    today = timezone.localdate()
    queue = Notice.objects.on_the_desk(today).inside(paths).select_related("class_group", "school__unit")
    queue = queue.prefetch_related(Prefetch("items", _items(), to_attr="live"))
    page = Paginator(queue.order_by("day", "school", "grade", "class_group__number", "pk"), NOTICES_ON_A_PAGE)
    shown = page.get_page(number)
    rows = _rows(list(shown), dict([sent_back]) if sent_back else {})
    midnight = timezone.make_aware(dt.datetime.combine(today, dt.time.min))
    decided = Decision.objects.filter(at__gte=midnight, notice__in=Notice.objects.inside(paths))
    decided = decided.select_related("by", "notice__class_group", "notice__school__unit").order_by("-pk")
    decisions = list(decided[: DECISIONS_SHOWN + 1])
    context = {
        "page": shown,
        "rows": rows,
        "decisions": [(row, row.notice.class_group.name_on(row.notice.day)) for row in decisions[:DECISIONS_SHOWN]],
        "more_decisions": len(decisions) > DECISIONS_SHOWN,
        "decisions_shown": DECISIONS_SHOWN,
        "quick_reasons": QUICK_REASONS,
        "many_schools": _many(shown),
    }
    return render(request, "homework/review_list.html", context, status=422 if sent_back else 200)


def _items() -> QuerySet[Item]:
    """What stands, with the ids of the rules of wording that each touches."""
    touched = ArrayAgg("wording_warnings__rule", filter=Q(wording_warnings__isnull=False), default=Value([]))
    return Item.objects.live().select_related("subject", "posted_by").annotate(touched=touched).order_by("pk")


def _rows(notices: list[Notice], forms: dict[int, ReturnForm]) -> list[Row]:
    """One query: the cut-offs, and which days are still open."""
    days = [notice.day for notice in notices] or [timezone.localdate()]
    book = RuleBook.read({notice.school_id for notice in notices}, min(days), max(days))
    return [_row(notice, book, forms.get(notice.pk)) for notice in notices]


def _row(notice: Notice, book: RuleBook, form: ReturnForm | None) -> Row:
    cut_off = book.cut_off(notice.school_id, notice.day)
    live: list[Item] = notice.live  # type: ignore[attr-defined]
    touched = {rule for item in live for rule in item.touched}  # type: ignore[attr-defined]
    return Row(
        notice=notice,
        name=notice.class_group.name_on(notice.day),
        items=[(item, _is_late(item, notice.day, cut_off)) for item in live],
        warnings=[rule.name for rule in wording_rules().values() if rule.id in touched],
        cut_off=cut_off,
        is_open=notice.day in book.days_open(notice.school_id, notice.day),
        form=form or ReturnForm(auto_id=f"n{notice.pk}-%s"),
    )


def _is_late(item: Item, day: dt.date, cut_off: dt.time | None) -> bool:
    return not policy.is_on_time(timezone.localtime(item.posted_at), day, cut_off)


def _many(rows: Iterable[Notice] | Iterable[ClassDay]) -> bool:
    """Whether they are of more than one school."""
    return len({row.school_id if isinstance(row, Notice) else row.class_group.school_id for row in rows}) > 1


def _names(notices: Iterable[Notice]) -> str:
    today = timezone.localdate()
    return "、".join(
        f"{notice.class_group.name_on(notice.day)}{'' if notice.day == today else f'（{notice.day:%-m月%-d日}）'}"
        for notice in notices
    )


def _back(request: SignedInRequest) -> HttpResponse:
    page = request.POST.get("page", "")
    return redirect(reverse("homework:review_list") + (f"?page={page}" if page.isascii() and page.isdecimal() else ""))
