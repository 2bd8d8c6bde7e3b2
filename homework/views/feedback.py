"""Families' messages, for those who answer them and those who see to it that they are answered."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.http import SignedInRequest
from homework import feedback
from homework.forms.families import AnswerForm
from homework.masking import masked
from homework.models import Feedback
from homework.services import feedback as services
from schools import access

MESSAGES_ON_A_PAGE = 30


@login_required
@require_GET
def feedback_list(request: SignedInRequest) -> HttpResponse:
    """Open ones first, the most urgent of them on top; then the answered, the latest on top."""
    access.require_anywhere(request.user, "oversee_school")
    today = timezone.localdate()
    found = feedback.readable(request.user, today).select_related("class_group", "school__unit")
    in_order = found.order_by(F("answered_at").desc(nulls_first=True), "answer_by", "pk")
    page = Paginator(in_order, MESSAGES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(message, _name(message), masked(message.text)) for message in page],
        "counts": feedback.counts(request.user, today),
        "today": today,
        "from_above": bool(access.scope(request.user, "oversee_area")),
    }
    return render(request, "homework/feedback_list.html", context)


@login_required
@require_GET
def feedback_detail(request: SignedInRequest, feedback_id: int) -> HttpResponse:
    return _page(request, _message(request, feedback_id), AnswerForm())


@login_required
@require_POST
def feedback_answer(request: SignedInRequest, feedback_id: int) -> HttpResponse:
    message = _message(request, feedback_id)
    if not message.answered_at and not feedback.may_answer(request.user, message, timezone.localdate()):
        raise PermissionDenied
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer_feedback(by=request.user, message=message, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "已答复。家长凭查询码可以看到。")
            return redirect("homework:feedback_detail", feedback_id)
    return _page(request, message, form, status=422)


@login_required
@require_POST
def feedback_whole(request: SignedInRequest, feedback_id: int) -> HttpResponse:
    """The message with its numbers. A POST that shows: the look is written down, and lasts for this page only."""
    message = _message(request, feedback_id)
    if not access.is_bureau_officer(request.user, message.school.unit.path_on(timezone.localdate())):
        raise PermissionDenied
    services.note_whole_look(by=request.user, message=message)
    return _page(request, message, AnswerForm(), whole=True)


def _message(request: SignedInRequest, feedback_id: int) -> Feedback:
    """Http404 outside the scope and above a school that is still in time; PermissionDenied for who oversees nothing."""
    loaded = Feedback.objects.select_related("class_group", "school__unit", "answered_by")
    message = access.get_visible(loaded, request.user, pk=feedback_id)
    access.require(request.user, "oversee_school", message.school.unit)
    get_object_or_404(feedback.readable(request.user, timezone.localdate()), pk=feedback_id)
    return message


def _page(
    request: SignedInRequest, message: Feedback, form: AnswerForm, *, whole: bool = False, status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    text = masked(message.text)
    path = message.school.unit.path_on(today)
    context = {
        "message": message,
        "name": _name(message),
        "text": message.text if whole else text,
        "may_see_whole": not whole and text != message.text and access.is_bureau_officer(request.user, path),
        "whole": whole,
        "may_answer": feedback.may_answer(request.user, message, today),
        "form": form,
        "today": today,
    }
    response = render(request, "homework/feedback_detail.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _name(message: Feedback) -> str:
    """The class as it was called when the message came."""
    return message.class_group.name_on(timezone.localtime(message.sent_at).date())
