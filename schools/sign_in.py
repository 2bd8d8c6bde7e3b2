"""Signing in with the school's code and one's 工号, for teachers who keep their phone number to themselves."""

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.sign_in import AccountBackend, lock_name, proven
from schools.models import Staff


class StaffNumberBackend(AccountBackend):
    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest,
        *,
        school_code: str,
        staff_no: str,
        password: str | None = None,
        activation_code: str | None = None,
    ) -> User | None:
        return proven(find_user(school_code, staff_no), password=password, activation_code=activation_code)


def find_user(school_code: str, staff_no: str) -> User | None:
    """The person in post under this number; also before her first day, when she gets her slip."""
    in_post = Staff.objects.not_over(timezone.localdate()).select_related("user")
    staff = in_post.filter(school__unit__code=school_code, staff_no=staff_no).first()
    return staff.user if staff else None


def lock_names(user: User) -> list[str]:
    """All names under which her failures are counted: her phone, and each school's code with her 工号 there."""
    posts = user.employments.select_related("school__unit")
    by_number = [lock_name({"code": post.school.unit.code, "staff_no": post.staff_no}) for post in posts]
    return [user.phone, *by_number] if user.phone else by_number
