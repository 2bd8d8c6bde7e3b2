"""Who asks: somebody who has signed in, for the types' sake, or nobody, for the complainant's sake."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from accounts.models import User


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` receives."""

    user: User


def nameless(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that treats everybody as not signed in.

    A teacher who complains about her own school may well be signed in. Nothing that the view writes, neither a row nor
    the history that triggers keep of it, then says who it was, and the page does not greet her by name.
    """

    @wraps(view)
    def without_user(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Setting the attribute also takes the person out of the history's context (pghistory.middleware).
        request.user = AnonymousUser()
        return view(request, *args, **kwargs)

    return without_user
