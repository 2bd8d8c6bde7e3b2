from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.http import SignedInRequest


@login_required
def import_list(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")


@login_required
def import_template(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")


@login_required
def import_upload(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")


@login_required
def import_detail(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")


@login_required
def import_errors(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")


@login_required
def import_apply(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")


@login_required
def import_undo(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")
