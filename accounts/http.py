"""The request of somebody who has signed in, for the types' sake."""

from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` receives."""

    user: User
