"""What anybody may tell from a class's public page, without signing in: minutes really needed, and what is wrong.

No page knows a session. Forms are kept by nobody (no-store), for each holds a token and a code of its own.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import nameless
from accounts.sign_in import grouped
from homework import rates, samples
from homework.forms.families import DAYS_BACK, CodeForm, FeedbackForm, TimeForm
from homework.models import Feedback, Notice
from homework.services import feedback as feedback_services
from homework.services import time_samples
from schools.models import ClassGroup
from schools.views.days import asked_day

# Families answer for homework that they still remember.
DAYS_OPEN = 7

DEVICE_COOKIE = "homework_device"
DEVICE_COOKIE_AGE = 365 * 24 * 3600
# The page that shows a receipt code may be opened again for so long, on the device that sent the message.
RECEIPT_COOKIE = "homework_receipt"
RECEIPT_COOKIE_AGE = 600

FULL = "这个网络地址提交得太多，请过{}分钟再试，或换用手机流量。您填的内容还在下面。"
NO_COOKIE = "浏览器没有保存本页的标记，无法防止重复填报。请允许本网站使用Cookie，重新打开本页再填。"
UNKNOWN_CODE = "没有这个查询码，请核对：15位字母和数字，没有0、1、I、L、O。"


@nameless
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def time_sample(request: HttpRequest, key: str) -> HttpResponse:
    """How long a class's homework of one day really took. Once per device and day."""
    group = _class(key)
    notice = _open_notice(request, group)
    if notice is None:
        return _page(request, "homework/time_sample.html", {"class_group": group, "notice": None}, status=404)
    if request.method == "POST":
        return _take_answer(request, group, notice)
    cookie = request.COOKIES.get(DEVICE_COOKIE)
    response = _time_page(request, group, notice, TimeForm())
    if not cookie:
        response.set_cookie(DEVICE_COOKIE, secrets.token_urlsafe(32), max_age=DEVICE_COOKIE_AGE, **_cookie_ways())
    return response


@nameless
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, key: str) -> HttpResponse:
    """A message to the school that something about its homework is wrong."""
    group = _class(key)
    form = FeedbackForm(
        request.POST if request.method == "POST" else None, initial={"day": request.GET.get("day", "")[:10]}
    )
    if request.method == "POST":
        is_valid, full = form.is_valid(), rates.count(request, rates.MESSAGES)
        if full:
            form.add_error(None, FULL.format(rates.MESSAGES.minutes))
        elif is_valid:
            return _take_message(group, form)
        return _feedback_page(request, group, form, status=429 if full else 422)
    return _feedback_page(request, group, form, status=200)


@nameless
@never_cache
@require_safe
def feedback_sent(request: HttpRequest) -> HttpResponse:
    """The receipt code, to the device that has just sent the message and to no other: it stands in no address."""
    try:
        receipt = request.get_signed_cookie(RECEIPT_COOKIE, salt=RECEIPT_COOKIE, max_age=RECEIPT_COOKIE_AGE)
    except (KeyError, signing.BadSignature):
        return redirect("homework:feedback_follow")
    message = get_object_or_404(Feedback.objects.select_related("class_group", "school__unit"), receipt=receipt)
    context = {
        "message": message,
        "code": grouped(message.receipt),
        "name": _name(message),
        "address": request.build_absolute_uri(reverse("homework:feedback_follow")),
    }
    return _page(request, "homework/feedback_sent.html", context)


@nameless
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feedback_follow(request: HttpRequest) -> HttpResponse:
    """State and answer of the message with the typed code. A POST that shows and writes nothing: the code shall stand
    in no address and no log."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    message, status = None, 200
    if request.method == "POST":
        is_valid = form.is_valid()
        if rates.is_full(request, rates.WRONG_CODES):
            form.add_error(None, f"这个网络地址试错太多次，请过{rates.WRONG_CODES.minutes}分钟再查。")
            status = 429
        elif is_valid:
            message = _by_code(form.cleaned_data["code"])
            if message is None:
                rates.count(request, rates.WRONG_CODES)
                form.add_error("code", UNKNOWN_CODE)
        status = 422 if form.errors and status == 200 else status
    context = {"form": form, "message": message, "name": _name(message) if message else ""}
    return _page(request, "homework/feedback_follow.html", context, status=status)


def _class(key: str) -> ClassGroup:
    """By the key of its public page; a class that is over stays for as long as its homework may be spoken of."""
    group = get_object_or_404(ClassGroup.objects.select_related("school__unit"), board_key=key)
    today = timezone.localdate()
    ends = (group.last_day or today) + dt.timedelta(days=DAYS_BACK)
    if not group.first_day <= today <= ends:
        raise Http404
    return group


def _open_notice(request: HttpRequest, group: ClassGroup) -> Notice | None:
    """The public notice of the day asked for, else the latest; None where there is none of the last seven days."""
    today = timezone.localdate()
    notices = Notice.objects.public().filter(class_group=group)
    if request.GET.get("day"):
        notices = notices.on(asked_day(request, today))
    recent = notices.between(today - dt.timedelta(days=DAYS_OPEN), today)
    return recent.select_related("class_group").order_by("-day").first()


def _take_answer(request: HttpRequest, group: ClassGroup, notice: Notice) -> HttpResponse:
    form = TimeForm(request.POST)
    cookie = request.COOKIES.get(DEVICE_COOKIE, "")[:100]
    is_valid, status = form.is_valid(), 422
    if rates.count(request, rates.ANSWERS):
        form.add_error(None, FULL.format(rates.ANSWERS.minutes))
        status = 429
    elif not cookie:
        form.add_error(None, NO_COOKIE)
    elif is_valid:
        values = {name: form.cleaned_data[name] for name in ("minutes", "finished")}
        try:
            time_samples.record_answer(notice=notice, cookie=cookie, day=timezone.localdate(), **values)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect(f"{reverse('homework:time_sample', args=[group.board_key])}?day={notice.day.isoformat()}")
    return _time_page(request, group, notice, form, status=status)


def _time_page(
    request: HttpRequest, group: ClassGroup, notice: Notice, form: TimeForm, status: int = 200
) -> HttpResponse:
    cookie = request.COOKIES.get(DEVICE_COOKIE, "")[:100]
    context = {
        "class_group": group,
        "name": group.name_on(notice.day),
        "notice": notice,
        "items": notice.items.live().select_related("subject").order_by("subject__rank", "pk"),
        "form": form,
        "answered": bool(cookie) and time_samples.has_answered(cookie, timezone.localdate()),
        "answers": samples.shown([notice.pk]).get(notice.pk),
        "least": samples.LEAST_ANSWERS,
    }
    return _page(request, "homework/time_sample.html", context, status=status)


def _take_message(group: ClassGroup, form: FeedbackForm) -> HttpResponse:
    values = {name: form.cleaned_data[name] for name in ("kind", "text", "day", "receipt")}
    message = feedback_services.send_feedback(class_group=group, today=timezone.localdate(), **values)
    response = redirect("homework:feedback_sent")
    response.set_signed_cookie(
        RECEIPT_COOKIE, message.receipt, salt=RECEIPT_COOKIE, max_age=RECEIPT_COOKIE_AGE, **_cookie_ways()
    )
    return response


def _feedback_page(request: HttpRequest, group: ClassGroup, form: FeedbackForm, status: int) -> HttpResponse:
    context = {"class_group": group, "name": group.name_on(timezone.localdate()), "form": form}
    return _page(request, "homework/feedback.html", context, status=status)


def _by_code(code: str) -> Feedback | None:
    return Feedback.objects.select_related("class_group", "school__unit").filter(receipt=code).first()


def _name(message: Feedback) -> str:
    """The class as it was called when the message came."""
    return message.class_group.name_on(timezone.localtime(message.sent_at).date())


def _cookie_ways() -> dict[str, Any]:
    """First-party, seen by no script, and sent to the public pages only."""
    return {
        "path": reverse("homework:board_index"),
        "secure": settings.SESSION_COOKIE_SECURE,
        "httponly": True,
        "samesite": "Lax",
    }


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Without the context processors, which ask who is signed in."""
    whole = context | {"csrf_token": get_token(request)}
    response = HttpResponse(render_to_string(template, whole), status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
