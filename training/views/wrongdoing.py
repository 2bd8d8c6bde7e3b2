"""Wrongdoing: found, dealt with by a clause, made known."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from schools import access
from schools.asked import one_of
from training.forms.wrongdoing import DecisionForm, PublicationForm, ViolationForm
from training.models import Institution, Violation
from training.services import wrongdoing as services
from training.views.entry import entry, institution_of, kept_counties

VIOLATIONS_ON_A_PAGE = 50
STATES = {"undecided": "待处理", "unpublished": "待通报", "done": "已办结"}


@login_required
@require_safe
def violation_list(request: SignedInRequest) -> HttpResponse:
    """Those that are open first asked for: what waits for its decision, what waits for being made known."""
    paths = access.require_anywhere(request.user, "see_register")
    rows = Violation.objects.inside(paths)
    state = one_of(request.GET.get("state", ""), STATES)
    kind = one_of(request.GET.get("kind", ""), dict(Violation.Kind.choices))
    asked = request.GET.get("q", "").replace("\0", "").strip()[:40]
    chosen = getattr(rows, state)() if state else rows
    if kind:
        chosen = chosen.filter(kind=kind)
    if asked:
        chosen = chosen.filter(who__contains=asked)
    page = Paginator(chosen.select_related("county"), VIOLATIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "q": asked,
        "state": state,
        "kind": kind,
        "kinds": Violation.Kind.choices,
        "tabs": [("", "全部", rows.count())]
        + [(name, label, getattr(rows, name)().count()) for name, label in STATES.items()],
        "may_keep": bool(access.scope(request.user, "keep_register")),
        "is_filtered": bool(asked or kind or state),
    }
    return render(request, "training/violation_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def violation_add(request: SignedInRequest) -> HttpResponse:
    """`?institution=`: of an institution of the register."""
    access.require_anywhere(request.user, "keep_register")
    institution = _asked_institution(request.user, request.GET.get("institution", ""))

    def save(said: dict[str, Any]) -> None:
        if institution:
            said["county"] = institution.county
        services.enter(by=request.user, institution=institution, **said)

    return entry(
        request,
        ViolationForm(request.POST or None, counties=kept_counties(request.user), institution=institution),
        save,
        title=f"{institution.name} · 登记违规" if institution else "登记违规案件",
        back=reverse("training:violation_list"),
        done="已登记，处理后请填处理决定。",
    )


def _asked_institution(user: User, text: str) -> Institution | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404
    return institution_of(user, int(text), "keep_register")


@login_required
@require_safe
def violation_detail(request: SignedInRequest, violation_id: int) -> HttpResponse:
    violation = _violation(request.user, violation_id, "see_register")
    context = {
        "violation": violation,
        "may_keep": access.can(request.user, "keep_register", violation.county),
    }
    return render(request, "training/violation_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def violation_decide(request: SignedInRequest, violation_id: int) -> HttpResponse:
    violation = _violation(request.user, violation_id, "keep_register")
    return entry(
        request,
        DecisionForm(request.POST or None, violation=violation),
        lambda said: services.decide(by=request.user, violation=violation, **said),
        title=f"{violation.who} · 处理决定",
        back=_page(violation),
        done="处理决定已登记。",
        note=f"{violation.kind_words}：{violation.what}",
    )


@login_required
@require_http_methods(["GET", "POST"])
def violation_publish(request: SignedInRequest, violation_id: int) -> HttpResponse:
    violation = _violation(request.user, violation_id, "keep_register")
    return entry(
        request,
        PublicationForm(request.POST or None),
        lambda said: services.publish(by=request.user, violation=violation, **said),
        title=f"{violation.who} · 登记通报",
        back=_page(violation),
        done="通报已登记，案件办结。",
    )


def _violation(user: User, violation_id: int, action: access.Action) -> Violation:
    rows: QuerySet[Violation] = Violation.objects.select_related("county", "institution", "made_by", "decided_by")
    violation = access.get_visible(rows, user, pk=violation_id)
    if not access.can(user, action, violation.county):
        raise PermissionDenied
    return violation


def _page(violation: Violation) -> str:
    return reverse("training:violation_detail", args=[violation.pk])
