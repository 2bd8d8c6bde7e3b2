"""The ledger (台账): every finding of her units, those that press first."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from inspections.models import Finding
from schools import access

FINDINGS_ON_A_PAGE = 50


@login_required
@require_safe
def ledger(request: SignedInRequest) -> HttpResponse:
    paths = access.require_anywhere(request.user, "see_findings")
    rows = Finding.objects.inside(paths).select_related("owner").defer("words")
    context = {
        "page": Paginator(rows, FINDINGS_ON_A_PAGE).get_page(request.GET.get("page")),
        "inspects": bool(access.scope(request.user, "inspect")),
        "today": timezone.localdate(),
    }
    return render(request, "inspections/ledger.html", context)
