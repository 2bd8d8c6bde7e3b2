"""Signing in and out, activating an account with a paper slip, changing one's password, reading one's messages."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import notifications, services
from accounts.forms import ActivationForm, PasswordChangeForm, SignInForm
from accounts.http import SignedInRequest
from accounts.models import ActivationCode, User
from accounts.sign_in import client_address

# One sentence for every cause, so that nobody learns which accounts exist.
NOT_SIGNED_IN = "账号或密码不对，或账号还没有激活。连续输错5次会暂停登录15分钟。"
NOT_ACTIVATED = "账号或激活码不对，或激活码已用过、已过期。可以请发纸条的人重新发一张。"

LINES_ON_A_PAGE = 30

ICON_SECONDS = 24 * 60 * 60


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(next_url(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, **form.credentials, password=form.cleaned_data["password"])
        if user:
            return _let_in(request, user)
        form.add_error(None, NOT_SIGNED_IN)
    return render(request, "accounts/sign_in.html", {"form": form, "next": next_url(request)})


def _let_in(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user)
    services.note_sign_in(user=user, address=client_address(request))
    return redirect(next_url(request))


def next_url(request: HttpRequest) -> str:
    """Where she wanted to go, if that is a page of ours; else the home page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        services.note_sign_out(user=request.user)
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    form = ActivationForm(request.POST or None, initial={"school_code": request.GET.get("school", "")})
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["activation_code"]
        user = authenticate(request, **form.credentials, activation_code=code)
        if user and _activated(form, user):
            messages.success(request, "账号已激活。下次用刚设的密码登录。")
            return _let_in(request, user)
        if not user:
            form.add_error(None, NOT_ACTIVATED)
    return render(request, "accounts/activate.html", {"form": form})


def _activated(form: ActivationForm, user: User) -> bool:
    given = form.cleaned_data
    try:
        services.activate(user=user, activation_code=given["activation_code"], password=given["new_password"])
    except ValidationError as error:
        form.add_error("new_password", error)
    except ActivationCode.DoesNotExist:
        form.add_error(None, NOT_ACTIVATED)
    return form.is_valid()


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: SignedInRequest) -> HttpResponse:
    form = PasswordChangeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _changed(form, request.user):
        # Her other sessions end; this one goes on under a new key.
        update_session_auth_hash(request, request.user)
        messages.success(request, "密码已修改。其他设备上的登录已退出。")
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/change_password.html", {"form": form})


def _changed(form: PasswordChangeForm, user: User) -> bool:
    if not user.check_password(form.cleaned_data["old_password"]):
        form.add_error("old_password", "现在的密码不对。")
        return False
    try:
        services.change_password(user=user, password=form.cleaned_data["new_password"])
    except ValidationError as error:
        form.add_error("new_password", error)
    return form.is_valid()


@login_required
@require_safe
def notification_list(request: SignedInRequest) -> HttpResponse:
    """What she has been told, the newest first."""
    page = Paginator(request.user.notifications.all(), LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/notification_list.html", {"page": page})


@login_required
@require_POST
def notification_open(request: SignedInRequest, notification_id: int) -> HttpResponse:
    """She has read it, and goes on to the page it speaks of, if that is one of ours."""
    line = notifications.open_line(request.user, notification_id)
    if line is None:
        raise Http404
    is_ours = line.url.startswith("/") and url_has_allowed_host_and_scheme(line.url, allowed_hosts=None)
    return redirect(line.url if is_ours else "accounts:notification_list")


@login_required
@require_POST
def notifications_read(request: SignedInRequest) -> HttpResponse:
    notifications.mark_read(request.user)
    return redirect("accounts:notification_list")


def locked_out(request: HttpRequest, *_: object) -> HttpResponse:
    """What axes answers in place of the form: too many failures under one name (429)."""
    minutes = round(settings.AXES_COOLOFF_TIME.total_seconds() / 60)
    context = {"minutes": minutes, "failures": settings.AXES_FAILURE_LIMIT}
    return render(request, "accounts/locked_out.html", context, status=429)


@require_safe
@cache_control(public=True, max_age=ICON_SECONDS)
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon where browsers look for it when an answer, such as a fragment or a PDF, names none."""
    return redirect(static("img/icon.svg"))
