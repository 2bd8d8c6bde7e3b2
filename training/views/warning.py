"""Early warning: institutions by risk, and the signals of each with their evidence and what officers say to them."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from schools import access
from training import thresholds
from training.forms.warning import ReasonForm, SignalForm, VerdictForm
from training.models import Signal, SignalKind
from training.risk import Level, risks
from training.services import warning as services
from training.views.entry import entry, institution_of, row_of

RISKS_ON_A_PAGE = 30
SIGNALS_ON_A_PAGE = 50


@login_required
@require_safe
def risk_list(request: SignedInRequest) -> HttpResponse:
    """Institutions with signals that count, the highest score first."""
    paths = access.require_anywhere(request.user, "see_register")
    signals = Signal.objects.inside(paths).counting().select_related("institution__county").order_by("-seen_on", "-pk")
    found = risks(signals, timezone.localdate())
    context = {
        "page": Paginator(found, RISKS_ON_A_PAGE).get_page(request.GET.get("page")),
        "counts": [(level, sum(risk.level == level for risk in found)) for level in Level],
        "waiting": sum(signal.state == Signal.State.OPEN for risk in found for signal, _ in risk.signals),
    }
    return render(request, "training/risk_list.html", context)


@login_required
@require_safe
def institution_risk(request: SignedInRequest, institution_id: int) -> HttpResponse:
    """Its score as it adds up, then every signal that ever was, with what became of it."""
    institution = institution_of(request.user, institution_id, "see_register")
    today = timezone.localdate()
    counting = risks(institution.signals.counting().select_related("institution"), today)
    signals = institution.signals.select_related("decided_by", "made_by")
    context = {
        "institution": institution,
        "risk": counting[0] if counting else None,
        "points": thresholds.in_force([institution.county_id], today)[institution.county_id],
        "page": Paginator(signals, SIGNALS_ON_A_PAGE).get_page(request.GET.get("page")),
        "may_keep": access.can(request.user, "keep_register", institution.county),
        "passing": services.PASSING,
    }
    return render(request, "training/institution_risk.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def signal_note(request: SignedInRequest, institution_id: int) -> HttpResponse:
    institution = institution_of(request.user, institution_id, "keep_register")
    return entry(
        request,
        SignalForm(request.POST or None),
        lambda said: services.note_signal(by=request.user, institution=institution, **said),
        title=f"{institution.name} · 登记风险信号",
        back=_page(institution.pk),
        done="风险信号已登记。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def signal_decide(request: SignedInRequest, signal_id: int) -> HttpResponse:
    signal = row_of(Signal.objects.all(), request.user, signal_id, "keep_register")

    def save(said: dict[str, Any]) -> None:
        confirm = said["verdict"] == "confirm"
        services.decide(by=request.user, signal=signal, confirm=confirm, reason=said["reason"])

    return entry(
        request,
        VerdictForm(request.POST or None),
        save,
        title=f"{signal.institution.name} · 核实风险信号",
        back=_page(signal.institution_id),
        done="核实结果已保存。",
        note=f"{SignalKind(signal.kind).label}：{signal.evidence}",
    )


@login_required
@require_http_methods(["GET", "POST"])
def signal_end(request: SignedInRequest, signal_id: int) -> HttpResponse:
    signal = row_of(Signal.objects.all(), request.user, signal_id, "keep_register")
    return entry(
        request,
        ReasonForm(request.POST or None),
        lambda said: services.end(by=request.user, signal=signal, **said),
        title=f"{signal.institution.name} · 解除风险信号",
        back=_page(signal.institution_id),
        done="风险信号已解除。",
        note=f"{SignalKind(signal.kind).label}：{signal.evidence}",
    )


def _page(institution_id: int) -> str:
    return reverse("training:institution_risk", args=[institution_id])
