"""教导处's page: overruns that wait for her word, notices to be looked at first, and classes still incomplete."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.http import SignedInRequest
from homework import services
from homework.class_days import ClassDay, class_days
from homework.forms.reviews import ReleaseForm, ReviewForm
from homework.models import Item, Notice
from schools import access
from schools.models import ClassGroup, School

# Notices of days long past no longer wait for a look before their appearance.
MOST_WAITING = 100


@login_required
@require_GET
def review_list(request: SignedInRequest) -> HttpResponse:
    access.require_anywhere(request.user, "review_homework")
    return _page(request)


@login_required
@require_POST
def review_decide(request: SignedInRequest, notice_id: int) -> HttpResponse:
    notices = Notice.objects.select_related("class_group", "school__unit")
    notice = access.get_visible(notices, request.user, pk=notice_id)
    access.require(request.user, "review_homework", notice.school.unit)
    form = ReviewForm(request.POST)
    if form.is_valid():
        stands = form.cleaned_data["decision"] == "stands"
        try:
            services.review(by=request.user, notice=notice, stands=stands, note=form.cleaned_data["note"])
        except ValidationError as error:
            form.add_error("note", error)
        else:
            name = notice.class_group.name_on(notice.day)
            messages.success(request, f"{name}：{'已维持，记为超量' if stands else '已退回修改'}。")
            return redirect("homework:review_list")
    return _page(request, sent_back=(notice_id, form))


@login_required
@require_POST
def notice_release(request: SignedInRequest) -> HttpResponse:
    """先审后公示: what is ticked appears now."""
    paths = access.require_anywhere(request.user, "review_homework")
    unreleased = Notice.objects.unreleased().inside(paths)
    form = ReleaseForm(request.POST, unreleased=unreleased)
    if form.is_valid():
        count = services.release_notices(by=request.user, notices=form.cleaned_data["notice"])
        messages.success(request, f"已放行{count}个班的作业，现在起公开。")
    else:
        messages.error(request, "没有可放行的作业：可能已由他人放行，或没有选中。")
    return redirect("homework:review_list")


def _page(request: SignedInRequest, sent_back: tuple[int, ReviewForm] | None = None) -> HttpResponse:
    """`sent_back`: a notice's id and the form that could not be accepted."""
    paths = access.scope(request.user, "review_homework")
    live = Prefetch("items", Item.objects.live().select_related("subject", "posted_by").order_by("pk"), to_attr="live")
    waiting = Notice.objects.waiting().inside(paths).select_related("class_group", "school__unit")
    forms = dict([sent_back]) if sent_back else {}
    rows = [
        (notice, notice.class_group.name_on(notice.day), forms.get(notice.pk) or ReviewForm(auto_id=f"n{notice.pk}-%s"))
        for notice in waiting.prefetch_related(live).order_by("day", "pk")[:MOST_WAITING]
    ]
    today = timezone.localdate()
    schools = School.objects.inside(paths)
    teaching = schools.filter(days__day=today, days__is_cancelled=False)
    classes = ClassGroup.objects.on(today).filter(school__in=teaching).select_related("school__unit").in_order()
    days = class_days(list(classes), today, Notice.objects.all())
    context = {
        "rows": rows,
        "today": today,
        "unreleased": [day for day in days if day.notice and day.notice.awaits_release],
        "incomplete": list(_incomplete(days)),
        "classes": len(days),
        "many_schools": schools.count() > 1,
    }
    return render(request, "homework/review_list.html", context, status=422 if sent_back else 200)


def _incomplete(days: Iterable[ClassDay]) -> Iterable[ClassDay]:
    return (day for day in days if not (day.notice and day.notice.is_complete))
