"""What a city or county set: arrangements, prices of academic training, thresholds of early warning."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from schools import access
from schools.models import OrgUnit
from schools.models.units import codes_in
from training import policy, thresholds
from training.forms.arrangements import ArrangementForm
from training.forms.courses import GuidePriceForm
from training.forms.money import DayForm
from training.forms.warning import ThresholdForm
from training.models import Arrangement, GuidePrice, Threshold
from training.services import arrangements, courses, warning
from training.views.entry import entry


@login_required
@require_safe
def standards(request: SignedInRequest) -> HttpResponse:
    """The State's figures with their sources, then what was set here, the latest first."""
    access.require_anywhere(request.user, "see_register")
    units = _around(request.user)
    kinds = thresholds.kinds()
    rows = Threshold.objects.filter(unit__in=units).select_related("unit", "made_by").order_by("-first_day", "-pk")
    context = {
        "limits": policy.limits(timezone.localdate()).values(),
        "arrangements": Arrangement.objects.filter(unit__in=units).on(timezone.localdate()).select_related("unit"),
        "prices": GuidePrice.objects.filter(unit__in=units).select_related("unit"),
        "kinds": [(kind.name, kind.words(kind.value)) for kind in kinds.values()],
        "set": [(row, kinds[row.name].name, kinds[row.name].words(row.value)) for row in rows],
        "may_keep": bool(access.scope(request.user, "keep_register")),
    }
    return render(request, "training/standards.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def arrangement_add(request: SignedInRequest) -> HttpResponse:
    return entry(
        request,
        ArrangementForm(request.POST or None, units=_hers(request.user)),
        lambda said: arrangements.arrange(by=request.user, **said),
        title="登记制度安排",
        back=reverse("training:standards"),
        done="制度安排已登记。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def arrangement_end(request: SignedInRequest, arrangement_id: int) -> HttpResponse:
    rows = Arrangement.objects.select_related("unit")
    arrangement = access.get_visible(rows, request.user, pk=arrangement_id)
    access.require(request.user, "keep_register", arrangement.unit)
    return entry(
        request,
        DayForm(request.POST or None),
        lambda said: arrangements.end(by=request.user, arrangement=arrangement, **said),
        title=f"{arrangement} · 结束",
        back=reverse("training:standards"),
        done="已结束，以前的日子仍按登记的算。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def guide_price_add(request: SignedInRequest) -> HttpResponse:
    return entry(
        request,
        GuidePriceForm(request.POST or None, units=_hers(request.user)),
        lambda said: courses.set_guide_price(by=request.user, **said),
        title="登记政府指导价",
        back=reverse("training:standards"),
        done="政府指导价已登记。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def threshold_add(request: SignedInRequest) -> HttpResponse:
    return entry(
        request,
        ThresholdForm(request.POST or None, units=_hers(request.user)),
        lambda said: warning.set_threshold(by=request.user, **said),
        title="调整预警标准",
        back=reverse("training:standards"),
        done="预警标准已保存。",
    )


def _hers(user: User) -> QuerySet[OrgUnit]:
    """City and counties whose register she keeps; 403 where there is none."""
    paths = access.require_anywhere(user, "keep_register")
    return OrgUnit.objects.inside(paths).areas().order_by("code")


def _around(user: User) -> list[OrgUnit]:
    """Hers, and those above them, whose figures hold there too."""
    paths = access.scope(user, "see_register")
    above = {code for path in paths for code in codes_in(path)}
    below = OrgUnit.objects.inside(paths).areas()
    return list(below) + list(OrgUnit.objects.areas().filter(code__in=above).exclude(pk__in=below))
