"""How the teacher's page answers: as a whole or, where htmx asks, with the cards that have changed."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.http import SignedInRequest
from accounts.models import User
from homework.forms.items import ItemForm, ReasonForm
from homework.vacations import vacations_near
from homework.views.desk import QUICK_MINUTES, read_cards, read_desk
from schools import access
from schools.models import ClassGroup


def page(
    request: SignedInRequest,
    day: dt.date,
    *,
    only: int | None = None,
    sent_back: ItemForm | None = None,
    begun: dict[str, object] | None = None,
) -> HttpResponse:
    """The whole page; `only` shows one class, with its form open."""
    desk = read_desk(request.user, day)
    shown = [group for group in desk.classes if day in desk.open_days[group.pk] and only in (None, group.pk)]
    today = timezone.localdate()
    context = _shared(request, day) | {
        "is_ahead": day > today,
        "today": today,
        "days": sorted({one for days in desk.open_days.values() for one in days}, reverse=True),
        "cards": read_cards(request.user, desk, shown, sent_back=sent_back, begun=begun),
        "has_classes": bool(desk.classes),
        "only": only,
        "returned": desk.returned,
        "has_vacation_near": bool(vacations_near({group.school_id for group in desk.classes}, today)),
    }
    return render(request, "homework/today.html", context, status=422 if sent_back else 200)


def fragment(
    request: SignedInRequest,
    day: dt.date,
    class_ids: list[int],
    *,
    sent_back: ItemForm | None = None,
    said: str = "",
    is_refused: bool = False,
) -> HttpResponse:
    """The cards of these classes, the first for the place that asked, the others for theirs."""
    desk = read_desk(request.user, day)
    groups = [group for pk in class_ids for group in desk.classes if group.pk == pk]
    cards = read_cards(request.user, desk, groups, sent_back=sent_back, said=said, is_refused=is_refused)
    context = _shared(request, day) | {"cards": cards}
    return render(request, "homework/_cards.html", context, status=422 if sent_back else 200)


def _shared(request: SignedInRequest, day: dt.date) -> dict[str, object]:
    return {
        "day": day,
        "is_today": day == timezone.localdate(),
        "quick_minutes": QUICK_MINUTES,
        "quick_reasons": ReasonForm.QUICK,
    }


def is_fragment(request: SignedInRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def sent_back(request: SignedInRequest, day: dt.date, class_id: int, form: ItemForm) -> HttpResponse:
    """The form with its errors and all that was typed."""
    if is_fragment(request):
        return fragment(request, day, [class_id], sent_back=form)
    return page(request, day, only=class_id, sent_back=form)


def done(request: SignedInRequest, day: dt.date, class_ids: list[int], said: str, *, to: str = "") -> HttpResponse:
    if is_fragment(request) and not to:
        return fragment(request, day, class_ids, said=said)
    messages.success(request, said)
    return back(day, class_ids[0], to=to)


def refused(
    request: SignedInRequest, day: dt.date, class_id: int, error: ValidationError, *, to: str = ""
) -> HttpResponse:
    if is_fragment(request) and not to:
        return fragment(request, day, [class_id], said="".join(error.messages), is_refused=True)
    messages.error(request, "".join(error.messages))
    return back(day, class_id, to=to)


def back(day: dt.date, class_id: int, *, to: str = "") -> HttpResponse:
    """To the class on the day's page or, for 教导处, to the page of hers that is named."""
    if to:
        return redirect(to)
    return redirect(f"{reverse('homework:today')}?day={day.isoformat()}#class-{class_id}")


def place_of(error: ValidationError) -> str | None:
    """The field that a refusal without one speaks of, by its code."""
    return {"over_limit": "overrun_reason", "reason": "reason"}.get(getattr(error, "code", None) or "")


def class_seen(request: SignedInRequest, class_id: int) -> ClassGroup:
    return access.get_visible(ClassGroup.objects.select_related("school__unit"), request.user, pk=class_id)


def require_teaching(user: User, class_group: ClassGroup, day: dt.date) -> None:
    access.require(user, "post_homework", class_group.school.unit)
    if not access.teaches(user, class_group, day):
        raise PermissionDenied
