"""What leaders see: the ledger in numbers, a school's file, schools that nobody has visited this term."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from inspections import overview as figures
from inspections.models import Finding, Visit
from schools import access
from schools.models import OrgUnit, School
from training.views.entry import institution_of

ROWS_ON_A_PAGE = 50
LATEST_VISITS = 20


@login_required
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """By unit and by category; each number leads to its rows."""
    paths = access.require_anywhere(request.user, "inspect")
    today = timezone.localdate()
    since = figures.year_began(today)
    rows = Finding.objects.inside(paths)
    units = figures.by_unit(rows, paths, today, since)
    context = {
        "units": units,
        "total": figures.total(units),
        "categories": figures.by_category(rows, today, since),
        "median": figures.median_days(rows, since),
        "ages": [label for _, _, label in figures.AGES],
        "since": since,
        "today": today,
        "unvisited": figures.unvisited(paths, figures.term_began(paths, today), today).count(),
    }
    return render(request, "inspections/overview.html", context)


@login_required
@require_safe
def unit_file(request: SignedInRequest, code: str) -> HttpResponse:
    """Everything that was found at a school or unit and put right, and who was there."""
    unit = access.get_visible(OrgUnit.objects.all(), request.user, code=code)
    access.require(request.user, "see_findings", unit)
    findings = Finding.objects.filter(owner=unit).with_owner().defer("words").order_by("-found_on", "-pk")
    today = timezone.localdate()
    categories = figures.by_category(Finding.objects.filter(owner=unit), today, figures.year_began(today))
    visits = Visit.objects.filter(school=unit.pk).select_related("made_by")
    context = {
        "unit": unit,
        "page": Paginator(findings, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
        "line": figures.total(categories),
        "may_write": access.can(request.user, "issue_letters", unit),
        "visits": visits[:LATEST_VISITS],
        "is_school": School.objects.filter(pk=unit.pk).exists(),
        "today": today,
    }
    return render(request, "inspections/unit_file.html", context)


@login_required
@require_safe
def institution_file(request: SignedInRequest, institution_id: int) -> HttpResponse:
    """Everything that was found at a training institution, who was there, and what people complained of."""
    institution = institution_of(request.user, institution_id, "see_findings")
    today = timezone.localdate()
    findings = institution.findings.with_owner().defer("words").order_by("-found_on", "-pk")
    may_handle = access.can(request.user, "handle_complaints", institution.county)
    context = {
        "institution": institution,
        "page": Paginator(findings, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
        "line": figures.total(figures.by_category(institution.findings.all(), today, figures.year_began(today))),
        "visits": institution.visits.select_related("made_by")[:LATEST_VISITS],
        "complaints": institution.complaints.all()[:LATEST_VISITS] if may_handle else [],
        "inspects": access.can(request.user, "inspect", institution.county),
        "today": today,
    }
    return render(request, "inspections/institution_file.html", context)


@login_required
@require_safe
def unvisited(request: SignedInRequest) -> HttpResponse:
    paths = access.require_anywhere(request.user, "inspect")
    today = timezone.localdate()
    since = figures.term_began(paths, today)
    schools = figures.unvisited(paths, since, today)
    context = {"page": Paginator(schools, ROWS_ON_A_PAGE).get_page(request.GET.get("page")), "since": since}
    return render(request, "inspections/unvisited.html", context)
