from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.http import SignedInRequest


@login_required
def new_year(request: SignedInRequest, **kwargs: int) -> HttpResponse:
    return redirect("home")
