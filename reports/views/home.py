"""The first page after signing in: what must I do now."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from reports.home import sections


@login_required
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    return render(request, "reports/home.html", {"today": today, "sections": sections(request.user, today)})
