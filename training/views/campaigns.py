"""Special operations: what each county is to check, what it has checked day by day, and who remains."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from schools import access
from schools.models import OrgUnit
from schools.models.units import codes_in
from training import campaign_progress
from training.forms.campaigns import CampaignForm, CheckForm, ListForm
from training.models import Campaign, CampaignCheck
from training.services import campaigns as services
from training.views.entry import entry, kept_counties, row_of

CAMPAIGNS_ON_A_PAGE = 30
CHECKS_ON_A_PAGE = 50


@login_required
@require_safe
def campaign_list(request: SignedInRequest) -> HttpResponse:
    """Those of her units and of the units above them, the latest first."""
    access.require_anywhere(request.user, "see_register")
    rows = _campaigns(request.user).select_related("unit")
    runners = OrgUnit.objects.inside(access.scope(request.user, "keep_register")).areas()
    context = {
        "page": Paginator(rows, CAMPAIGNS_ON_A_PAGE).get_page(request.GET.get("page")),
        "runners": runners.order_by("level", "code"),
        "today": timezone.localdate(),
    }
    return render(request, "training/campaign_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def campaign_add(request: SignedInRequest, code: str) -> HttpResponse:
    unit = access.get_visible(OrgUnit.objects.areas(), request.user, code=code)
    access.require(request.user, "keep_register", unit)
    counties = OrgUnit.objects.inside([unit.path_on(timezone.localdate())]).filter(level=OrgUnit.Level.COUNTY)
    return entry(
        request,
        CampaignForm(request.POST or None, counties=counties.order_by("code")),
        lambda said: services.open_campaign(by=request.user, unit=unit, **said),
        title=f"{unit.name} · 开展专项行动",
        back=reverse("training:campaign_list"),
        done="专项行动已登记，各县（市、区）可以列入机构、登记检查。",
    )


@login_required
@require_safe
def campaign_detail(request: SignedInRequest, campaign_id: int) -> HttpResponse:
    """By county against its target, day by day, then those of her counties that remain or, `?shown=done`, are done."""
    campaign = _campaign(request.user, campaign_id)
    lines = campaign_progress.by_county(campaign)
    paths = access.scope(request.user, "see_register")
    done = request.GET.get("shown") == "done"
    checks = campaign.checks.filter(institution__county__in=OrgUnit.objects.inside(paths), checked_on__isnull=not done)
    page = Paginator(checks.select_related("institution__county", "checked_by"), CHECKS_ON_A_PAGE)
    context = {
        "campaign": campaign,
        "lines": lines,
        "total": campaign_progress.together(lines),
        "days": campaign_progress.by_day(campaign),
        "page": page.get_page(request.GET.get("page")),
        "done": done,
        "may_keep": kept_counties(request.user).exists(),
    }
    return render(request, "training/campaign_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def campaign_listing(request: SignedInRequest, campaign_id: int) -> HttpResponse:
    """Put institutions of one of her counties on the list."""
    campaign = _campaign(request.user, campaign_id)
    access.require_anywhere(request.user, "keep_register")
    return entry(
        request,
        ListForm(request.POST or None, counties=kept_counties(request.user)),
        lambda said: services.put_on_list(by=request.user, campaign=campaign, **said),
        title=f"{campaign.name} · 列入机构",
        back=reverse("training:campaign_detail", args=[campaign.pk]),
        done="已列入清单，已在清单里的不重复。",
    )


@login_required
@require_http_methods(["GET", "POST"])
def campaign_check(request: SignedInRequest, check_id: int) -> HttpResponse:
    rows = CampaignCheck.objects.select_related("campaign")
    check = row_of(rows, request.user, check_id, "keep_register")
    return entry(
        request,
        CheckForm(request.POST or None),
        lambda said: services.record_check(by=request.user, check=check, **said),
        title=f"{check.institution.name} · 登记检查",
        back=reverse("training:campaign_detail", args=[check.campaign_id]),
        done="检查结果已登记。",
        note=f"{check.campaign.name}，{check.campaign.first_day:%Y年%-m月%-d日}至{check.campaign.last_day:%-m月%-d日}",
    )


def _campaigns(user: User) -> QuerySet[Campaign]:
    paths = access.scope(user)
    return Campaign.objects.around(paths, {code for path in paths for code in codes_in(path)})


def _campaign(user: User, campaign_id: int) -> Campaign:
    """404 for one of other units; 403 for who has no business with training institutions."""
    campaign = _campaigns(user).select_related("unit").filter(pk=campaign_id).first()
    if campaign is None:
        raise Http404
    access.require_anywhere(user, "see_register")
    return campaign
