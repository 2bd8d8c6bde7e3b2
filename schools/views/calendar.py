from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.http import SignedInRequest


@login_required
def calendar(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")


@login_required
def term_set(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")


@login_required
def day_change(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")


@login_required
def day_change_back(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")


@login_required
def off_work_set(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")
